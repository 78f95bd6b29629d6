"""Who is asking, and the six guards. Every route carries exactly one; without one it is closed.

    @bp.get("/ban-hang")
    @role("producer")
    def desk(): ...

Guards decide by what the actor *is*. Whether this very thing is theirs is judged by the queries and
services, which take the actor's ids and answer "not found" for other people's things.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import Signer
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import NotAllowed, NotFound
from shop.core.text import N_
from shop.web.actor import ANONYMOUS as ANONYMOUS
from shop.web.actor import Actor as Actor
from shop.web.actor import Role as Role

ViewT = TypeVar("ViewT", bound=Callable[..., Any])

MAX_WEBHOOK_BYTES = 256 * 1024
MAX_RETURN_ADDRESS = 1000

_SECOND_FACTOR_ENDPOINTS = frozenset({"accounts.second_factor", "accounts.pass_second_factor"})


@dataclass(frozen=True)
class Guard:
    """What a route asks of its caller."""

    kind: Literal["public", "signed_in", "role", "signed_link", "webhook", "api_token"]
    roles: tuple[Role, ...] = ()
    purpose: str = ""
    param: str = ""

    @property
    def is_machine(self) -> bool:
        """Called by programs without cookies: no CSRF token is expected."""
        return self.kind in {"webhook", "api_token"}


def _guarded(guard: Guard) -> Callable[[ViewT], ViewT]:
    def mark(view: ViewT) -> ViewT:
        if hasattr(view, "guard"):
            raise ValueError(f"{view.__name__} carries two guards")
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return mark


def public(view: ViewT) -> ViewT:
    """Anyone."""
    return _guarded(Guard("public"))(view)


def signed_in(view: ViewT) -> ViewT:
    """Anyone who has signed in."""
    return _guarded(Guard("signed_in"))(view)


def role(*roles: Role) -> Callable[[ViewT], ViewT]:
    """People with one of these roles."""
    return _guarded(Guard("role", roles=roles))


def signed_link(purpose: str, *, param: str = "code") -> Callable[[ViewT], ViewT]:
    """Whoever holds the link signed for view argument ``param``, or a signed-in person.

    For the signed-in person the view must ask the feature's query, which judges ownership;
    ``has_signed_link()`` tells which of the two it is.
    """
    return _guarded(Guard("signed_link", purpose=purpose, param=param))


def webhook(provider: str) -> Callable[[ViewT], ViewT]:
    """A provider's server; the provider's plug checks the signature over the raw body."""
    return _guarded(Guard("webhook", purpose=provider))


def api_token(scope: str) -> Callable[[ViewT], ViewT]:
    """A program with a bearer token that holds ``scope``."""
    return _guarded(Guard("api_token", purpose=scope))


class SignInNeeded(NotAllowed):
    message = N_("Vui lòng đăng nhập để tiếp tục.")


class SecondFactorNeeded(NotAllowed):
    message = N_("Vui lòng xác thực hai bước để tiếp tục.")


class ScopeNeeded(NotAllowed):
    message = N_("Mã truy cập API không có quyền này.")


class SessionUser(UserMixin):
    """Flask-Login's view of a sign-in: its id is the random token of our session row."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        return self.token


LoadActor = Callable[[str], Actor | None]


def init_app(app: Flask, *, load_session: LoadActor, load_api_token: LoadActor) -> None:
    """Guard every request. ``load_*`` turn a presented token into an actor, or None."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load_user(token: str) -> SessionUser | None:
        found = load_session(token)
        return SessionUser(token, found) if found else None

    app.extensions["load_api_token"] = load_api_token
    app.before_request(_enforce)


def actor() -> Actor:
    """Who is asking. Loaded once a request, only when a session cookie came along."""
    known: Actor | None = g.get("actor")
    if known is None:
        has_cookie = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
        user = current_user if has_cookie else None
        known = cast(Actor, getattr(user, "actor", ANONYMOUS))
        g.actor = known
    return known


def session_token() -> str:
    """The sign-in's token; empty when nobody is signed in."""
    return cast(str, getattr(current_user, "token", "")) if actor().is_signed_in else ""


def guard_of(endpoint: str | None) -> Guard | None:
    """The guard of an endpoint; static files are public."""
    if endpoint is None:
        return None
    return cast(Guard | None, getattr(current_app.view_functions.get(endpoint), "guard", None))


def _enforce() -> BaseResponse | None:
    if request.endpoint is None:
        return None
    guard = guard_of(request.endpoint)
    if guard is None:
        raise NotAllowed
    if guard.kind == "public":
        return None
    if guard.kind == "webhook":
        request.max_content_length = MAX_WEBHOOK_BYTES
        return None
    if guard.kind == "api_token":
        g.actor = _actor_of_bearer(guard.purpose)
        return None
    if guard.kind == "signed_link":
        if has_signed_link() or actor().is_signed_in:
            return None
        raise NotFound
    return _enforce_person(guard)


def _enforce_person(guard: Guard) -> BaseResponse | None:
    who = actor()
    if not who.is_signed_in:
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("accounts.sign_in", tiep=_this_page()), 303)
        raise SignInNeeded
    if who.needs_totp and request.endpoint not in _SECOND_FACTOR_ENDPOINTS:
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("accounts.second_factor", tiep=_this_page()), 303)
        raise SecondFactorNeeded
    if guard.kind == "role" and not any(who.has_role(wanted) for wanted in guard.roles):
        raise NotAllowed
    return None


def _this_page() -> str:
    """The address asked for, to come back to; nothing too long for an address."""
    address = request.script_root + request.full_path.rstrip("?")
    return address if len(address) < MAX_RETURN_ADDRESS else ""


def _actor_of_bearer(scope: str) -> Actor:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    load = cast(LoadActor, current_app.extensions["load_api_token"])
    found = load(token.strip()) if kind.lower() == "bearer" and token else None
    if found is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    if scope not in found.scopes:
        raise ScopeNeeded
    return found


def sign(purpose: str, value: str) -> str:
    """The signature that opens ``value`` (an order code) for ``purpose``; it does not expire."""
    return signature(str(current_app.secret_key or ""), purpose, value)


def signature(secret_key: str, purpose: str, value: str) -> str:
    """What ``sign`` gives, where no application is at hand."""
    signer = Signer(
        secret_key,
        salt=f"link:{purpose}",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
    return signer.get_signature(value).decode()


def has_signed_link() -> bool:
    """Whether this request carries the right signature (``?k=``) for what it addresses."""
    guard = guard_of(request.endpoint)
    if guard is None or guard.kind != "signed_link":
        return False
    value = (request.view_args or {}).get(guard.param, "")
    presented = request.args.get("k", "")
    return hmac.compare_digest(
        presented.encode("utf-8", "replace"), sign(guard.purpose, str(value)).encode()
    )
