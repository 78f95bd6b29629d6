"""Rights, passwords and addresses: plain tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.accounts import passwords, rules
from shop.core.errors import DomainError, NotAllowed, NotFound
from shop.web.actor import Actor

OWNER = Actor(person_id=1, producers={7: "owner"})
MEMBER = Actor(person_id=2, producers={7: "member"})
HOST = Actor(person_id=3, clubs={5: "host"})
MANAGER = Actor(person_id=4, clubs={5: "manager"})
STAFF = Actor(person_id=5, staff_provinces=frozenset({"19"}))
COUNTRY = Actor(person_id=6, staff_provinces=frozenset({"*"}))
ADMIN = Actor(person_id=7, is_admin=True)
NOBODY = Actor()


def outcome(rule: object, *args: object, **kwargs: object) -> type[DomainError] | None:
    try:
        rule(*args, **kwargs)  # type: ignore[operator]
    except DomainError as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("actor", "producer", "owner", "expected"),
    [
        (OWNER, 7, True, None),
        (OWNER, 8, False, NotFound),
        (MEMBER, 7, False, None),
        (MEMBER, 7, True, NotAllowed),
        (STAFF, 7, False, NotFound),
        (ADMIN, 7, False, NotFound),
        (NOBODY, 7, False, NotFound),
    ],
)
def test_producer_rights(
    actor: Actor, producer: int, owner: bool, expected: type[DomainError] | None
) -> None:
    assert outcome(rules.require_producer, actor, producer, owner=owner) is expected


@pytest.mark.parametrize(
    ("actor", "club", "manager", "expected"),
    [
        (HOST, 5, False, None),
        (HOST, 5, True, NotAllowed),
        (HOST, 6, False, NotFound),
        (MANAGER, 5, True, None),
        (OWNER, 7, False, NotFound),
        (NOBODY, 5, False, NotFound),
    ],
)
def test_club_rights(
    actor: Actor, club: int, manager: bool, expected: type[DomainError] | None
) -> None:
    assert outcome(rules.require_club, actor, club, manager=manager) is expected


@pytest.mark.parametrize(
    ("actor", "province", "expected"),
    [
        (STAFF, "19", None),
        (STAFF, "04", NotFound),
        (COUNTRY, "04", None),
        (ADMIN, "04", None),
        (OWNER, "19", NotAllowed),
        (NOBODY, "19", NotAllowed),
    ],
)
def test_staff_rights(actor: Actor, province: str, expected: type[DomainError] | None) -> None:
    assert outcome(rules.require_staff, actor, province) is expected


def test_admin_right_and_scope_of_lists() -> None:
    assert outcome(rules.require_admin, ADMIN) is None
    assert outcome(rules.require_admin, COUNTRY) is NotAllowed
    assert rules.staff_scope_of(STAFF) == {"19"}
    assert rules.staff_scope_of(COUNTRY) is None
    assert rules.staff_scope_of(ADMIN) is None
    assert rules.staff_scope_of(NOBODY) == frozenset()


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("chè shan tuyết", None),
        ("chophien-demo", None),
        ("x7#kQ2!p", None),
        (" " * 7 + "ab", None),
        ("1234567", rules.WeakPassword),
        ("", rules.WeakPassword),
        ("a" * 201, rules.WeakPassword),
        ("aaaaaaaaaa", rules.CommonPassword),
        ("abababababab", rules.CommonPassword),
        ("12345678", rules.CommonPassword),
        ("Password", rules.CommonPassword),
        ("anhyeuem!!", rules.CommonPassword),
        ("matkhau2026", rules.CommonPassword),
        ("0912345678", rules.CommonPassword),
    ],
)
def test_passwords(password: str, expected: type[DomainError] | None) -> None:
    common = passwords.common_passwords()
    assert outcome(rules.check_password, password, common=common, login="0912345678") is expected


def test_a_name_in_front_of_the_at_sign_is_no_password() -> None:
    common = passwords.common_passwords()
    for password in ("nongthiha", "nongthiha@example.test"):
        with pytest.raises(rules.CommonPassword):
            rules.check_password(password, common=common, login="nongthiha@example.test")


def test_common_list_is_usable() -> None:
    words = passwords.common_passwords()
    assert len(words) >= 400
    assert all(word == word.lower() for word in words)


def test_password_is_taken_exactly_as_typed() -> None:
    stored = passwords.hash_password(" Chè  shan\u0300 ")
    assert passwords.is_password(stored, " Chè  shan\u0300 ")
    for other in ("Chè  shan\u0300", " Chè shan\u0300 ", " chè  shan\u0300 "):
        assert not passwords.is_password(stored, other)
    assert not passwords.is_password("not a hash", "x")


@pytest.mark.parametrize(
    ("pair", "login", "source", "may"),
    [
        (0, 0, 0, True),
        (4, 29, 99, True),
        (5, 5, 5, False),
        (0, 30, 0, False),
        (0, 0, 100, False),
    ],
)
def test_tries(pair: int, login: int, source: int, may: bool) -> None:
    assert rules.may_try(pair=pair, login=login, source=source) is may


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", True),
        ("/tai-khoan?trang=2&a=%20", True),
        ("/en/gio-hang#x", True),
        ("", False),
        (None, False),
        ("gio-hang", False),
        ("//x.test", False),
        ("///x.test", False),
        ("/\\x.test", False),
        ("/a\\b", False),
        ("http://x.test", False),
        ("/a\nb", False),
        ("/a b", False),
        ("/a\x00", False),
        ("/\u200bx", False),
        ("/\u3000", False),
        ("/" + "a" * 2000, False),
    ],
)
def test_only_local_paths_are_followed(path: str | None, kept: bool) -> None:
    assert rules.local_path(path) == (path if kept else None)


@given(st.text(max_size=50))
def test_a_followed_path_never_leaves_the_site(raw: str) -> None:
    from urllib.parse import urljoin, urlsplit

    found = rules.local_path(raw)
    if found is not None:
        assert urlsplit(urljoin("https://here.test/x", found)).netloc == "here.test"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/129.0 Safari/537.36 Edg/129.0", "Edge · Windows"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_device_names(agent: str, name: str) -> None:
    assert rules.device_name(agent) == name


def test_homes() -> None:
    assert rules.home_of(ADMIN) == "/can-bo"
    assert rules.home_of(OWNER) == "/ban-hang"
    assert rules.home_of(HOST) == "/clb"
    assert rules.home_of(NOBODY) == "/tai-khoan"
    assert rules.home_of(Actor(person_id=1, needs_totp=True)) == "/tai-khoan/xac-thuc"
