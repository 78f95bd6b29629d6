"""What shop adds to an application: blueprints, guards, languages, error pages, commands, jobs."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

import shop
from config import Settings
from shop import cli
from shop.core.db import Database
from shop.core.storage import Storage
from shop.core.surroundings import Surroundings, configure
from shop.web import (
    access,
    assets,
    converters,
    csrf,
    errors,
    headers,
    health,
    i18n,
    limits,
    logs,
    media,
    metrics,
    offline,
    request,
    templating,
    workspaces,
)

PACKAGE = Path(__file__).resolve().parent
MAX_REQUEST_BYTES = 12 * 1024 * 1024
MAX_FORM_PARTS = 500


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie; who brings none is given an empty session without a signer."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class Application(Flask):
    """Flask without the question, asked of every function of every request, whether it is a
    coroutine: none of ours is."""

    url_rule_class = converters.LateRule
    session_interface = CookieSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def make_app(settings: Settings) -> Flask:
    """A bare Flask application with the settings that Flask itself reads."""
    app = Application("shop", root_path=str(PACKAGE), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-phien" if settings.is_secure else "phien",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=limits.MAX_FORM_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        TRUSTED_HOSTS=settings.hosts,
        TESTING=settings.app_env == "testing",
        TEMPLATES_AUTO_RELOAD=settings.app_env == "development",
    )
    app.url_map.converters["int"] = converters.RowIdConverter
    app.jinja_environment = templating.HouseEnvironment
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app


def init_app(app: Flask, settings: Settings) -> None:
    """Put the shop into ``app``."""
    logs.init(settings.log_format)
    house = request.House(
        database=Database(settings.database_url),
        storage=Storage(settings.media_dir),
        public_url=settings.public_url,
        is_production=settings.is_production,
        is_development=settings.app_env == "development",
        is_secure=settings.is_secure,
        scratch=settings.media_dir.parent / "scratch",
    )
    configure(house.database, Surroundings(house.storage, house.public_url))
    static = PACKAGE / "static"
    request.init_app(app, house)
    metrics.init_app(app)
    i18n.init_app(app)
    assets.init_app(app, static=static, fresh=settings.app_env == "development")
    errors.init_app(app)
    headers.init_app(app, static=static, is_secure=settings.is_secure)
    limits.init_app(app, is_on=settings.rate_limits, store=settings.valkey_url)
    csrf.init_app(app)
    offline.init_app(app, static=static, is_on=settings.service_worker)
    app.jinja_env.globals.update(actor_of=access.actor, navigation=workspaces.navigation)
    app.context_processor(lambda: {"actor": access.actor()})
    templating.init_app(app)
    app.extensions["settings"] = settings
    app.extensions["invariants"] = {}
    app.register_blueprint(media.bp)
    app.register_blueprint(health.bp)
    add_features(app, shop)
    cli.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0
        )


def add_features(app: Flask, package: ModuleType) -> None:
    """Add every feature folder: its blueprint, commands, jobs, slots and invariants.

    A feature is found by its modules: ``routes.bp`` (and ``routes.extra_blueprints``),
    ``cli.init_app``, ``jobs`` (importing declares), ``wiring.init_app(app)``,
    ``invariants.INVARIANTS``.
    """
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        if not info.ispkg:
            continue
        folder = importlib.import_module(f"{package.__name__}.{info.name}")
        names = {module.name for module in pkgutil.iter_modules(folder.__path__)}
        _add_feature(app, folder, names)


def _add_feature(app: Flask, folder: ModuleType, names: set[str]) -> None:
    def parts(*wanted: str) -> list[ModuleType]:
        found = [name for name in wanted if name in names]
        return [importlib.import_module(f"{folder.__name__}.{name}") for name in found]

    for pages in parts("routes", "api"):
        for blueprint in getattr(pages, "BLUEPRINTS", None) or (pages.bp,):
            app.register_blueprint(blueprint)
    parts("jobs")
    for starting in parts("cli", "wiring"):
        starting.init_app(app)
    for holding in parts("invariants"):
        app.extensions["invariants"].update(holding.INVARIANTS)
