"""Who is asking, and the six guards. Every route carries exactly one; without one it is closed.

    @bp.get("/ban-hang")
    @role("producer")
    def desk(): ...

Guards decide by what the actor *is*. Whether this very thing is theirs is judged by the queries and
services, which take the actor's ids and answer "not found" for other people's things.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import Signer
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import NotAllowed, NotFound
from shop.core.text import N_

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
Role = Literal["producer", "club", "staff", "admin"]

MAX_WEBHOOK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Actor:
    """The person asking, as the guards and templates see them. Nobody signed in: ``person_id`` None."""

    person_id: int | None = None
    name: str = ""
    language: str = "vi"
    producers: Mapping[int, str] = field(default_factory=dict)
    """Producer id -> role: owner, member or supporter."""
    clubs: Mapping[int, str] = field(default_factory=dict)
    """Club id -> role: manager or host."""
    staff_provinces: frozenset[str] = frozenset()
    """Province codes this person is staff of; ``*`` is every province."""
    is_admin: bool = False
    needs_totp: bool = False
    """Staff who have not passed their second factor in this session yet."""
    scopes: frozenset[str] = frozenset()
    """Scopes of the API token used, if any."""

    @property
    def is_signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def is_producer(self) -> bool:
        return bool(self.producers)

    @property
    def is_club(self) -> bool:
        return bool(self.clubs)

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_provinces) or self.is_admin

    def has_role(self, role: Role) -> bool:
        """Whether the actor has this role anywhere."""
        return {
            "producer": self.is_producer,
            "club": self.is_club,
            "staff": self.is_staff,
            "admin": self.is_admin,
        }[role]

    def is_staff_of(self, province_code: str) -> bool:
        """Whether the actor is staff whose scope covers the province."""
        return self.is_admin or bool({"*", province_code} & self.staff_provinces)

    def id(self) -> int:
        """The person's id. Raises NotAllowed when nobody is signed in."""
        if self.person_id is None:
            raise NotAllowed
        return self.person_id


ANONYMOUS = Actor()


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


class TokenNeeded(NotAllowed):
    message = N_("Mã truy cập API thiếu, sai, hết hạn hoặc không đủ quyền.")


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
    manager.init_app(app)

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
            return redirect(url_for("accounts.sign_in", tiep=request.full_path.rstrip("?")), 303)
        raise SignInNeeded
    if who.needs_totp and not request.path.startswith("/tai-khoan/xac-thuc"):
        return redirect(url_for("accounts.second_factor"), 303)
    if guard.kind == "role" and not any(who.has_role(wanted) for wanted in guard.roles):
        raise NotAllowed
    return None


def _actor_of_bearer(scope: str) -> Actor:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    load = cast(LoadActor, current_app.extensions["load_api_token"])
    found = load(token.strip()) if kind.lower() == "bearer" and token else None
    if found is None or scope not in found.scopes:
        raise TokenNeeded
    return found


def sign(purpose: str, value: str) -> str:
    """The signature that opens ``value`` for ``purpose``, e.g. an order code; it does not expire."""
    signer = Signer(
        current_app.secret_key or "",
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
