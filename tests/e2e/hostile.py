"""A visitor with bad manners: walks the pages, finds every form, and sends what nobody means.

It knows nothing of the application but its addresses: it reads HTML as a browser does. ``Sender``
is how it reaches the application, so the same walk serves the test client and a running server.
"""

import itertools
import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag


@dataclass(frozen=True)
class Answer:
    """What came back, wherever it came from."""

    status: int
    body: bytes
    headers: dict[str, str]


Sender = Callable[[str, str, bytes, str], Answer]
"""(method, address, body, content type) -> answer; keeps its own cookies."""

FormKey = tuple[str, tuple[str, ...]]

WEIRD: Final[dict[str, bytes]] = {
    "empty": b"",
    "blank": b" \t\r\n ",
    "zero": b"0",
    "negative": b"-1",
    "fraction": b"1.5",
    "power": b"1e400",
    "not a number": b"NaN",
    "31 bits": str(2**31).encode(),
    "63 bits": str(2**63).encode(),
    "hundred digits": b"9" * 100,
    "other digits": "١٢٣".encode(),
    "superscript": "²".encode(),
    "nul": b"a\x00b",
    "lone surrogate": b"a\xed\xa0\x80b",
    "broken utf-8": b"\xff\xfe\xc0\xaf",
    "decomposed": unicodedata.normalize("NFD", "Miến dong Tài Hoan, Đặng Thị Ếch").encode(),
    "right to left": "\u202eabc\u200f\u2066x\u2069\u200b".encode(),
    "markup": b"\"'><script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": b"{{7*7}}{% x %}${7*7}%(name)s %s %d %",
    "formula": b"=cmd|'/c calc'!A1",
    "path": b"../../../../etc/passwd",
    "quote": b"' OR 1=1 --",
    "header": b"x\r\nSet-Cookie: a=b\r\n\r\n",
    "day none": b"2026-02-30",
    "year zero": b"0000-00-00",
    "first day": b"0001-01-01",
    "last day": b"9999-12-31",
    "first minute": b"0001-01-01T00:00",
    "last minute": b"9999-12-31T23:59",
    "hour none": b"25:99",
    "json": b'{"$gt": ""}',
    "emoji": "👩🏽‍🌾🇻🇳".encode() * 30,
    "long": b"x" * 40_000,
    "zalgo": ("a" + "\u0301" * 5000).encode(),
}


@dataclass
class FoundForm:
    """A form as it stood on a page."""

    page: str
    action: str
    method: str
    is_multipart: bool
    fields: dict[str, str]
    files: list[str]

    @property
    def names(self) -> list[str]:
        return [name for name in self.fields if name != "csrf_token"]


@dataclass
class Trouble:
    """Something the application should not have answered."""

    what: str
    method: str
    address: str
    detail: str

    def __str__(self) -> str:
        return f"{self.what}: {self.method} {self.address[:200]} ({self.detail[:200]})"


@dataclass
class Walker:
    """Walks as one person. ``pattern`` gives an address's route, so that alike pages count once."""

    send: Sender
    pattern: Callable[[str], str]
    seed: int = 1
    per_pattern: int = 3
    troubles: list[Trouble] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    forms: dict[FormKey, FoundForm] = field(default_factory=dict)
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)

    def ask(
        self, method: str, address: str, body: bytes = b"", kind: str = "", detail: str = ""
    ) -> Answer:
        """Send one request and remember it when the answer is a fault."""
        self.sent += 1
        answer = self.send(method, address, body, kind)
        self.statuses[answer.status] += 1
        if answer.status >= 500:
            self.troubles.append(Trouble(str(answer.status), method, address, detail))
        if b"<script>alert(1)" in answer.body or b"<img src=x" in answer.body:
            self.troubles.append(Trouble("markup comes back", method, address, detail))
        if "a=b" in answer.headers.get("Set-Cookie", ""):
            self.troubles.append(Trouble("header comes back", method, address, detail))
        return answer

    def walk(self, starts: list[str], *, limit: int = 400) -> None:
        """Read pages breadth first from ``starts``, remembering the forms on them."""
        seen: set[str] = set()
        counts: Counter[str] = Counter()
        waiting = list(starts)
        while waiting and len(self.pages) < limit:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            pattern = self.pattern(address)
            counts[pattern] += 1
            if counts[pattern] > self.per_pattern:
                continue
            answer = self.ask("GET", address)
            self.pages[address] = pattern
            if answer.status in {301, 302, 303, 308}:
                waiting.append(_inside(urljoin(address, answer.headers.get("Location", ""))))
                continue
            if "html" in answer.headers.get("Content-Type", ""):
                waiting += self._read(address, answer.body)

    def _read(self, address: str, body: bytes) -> list[str]:
        soup = BeautifulSoup(body, "html.parser")
        for tag in soup.find_all("form"):
            form = _form(address, tag)
            key = (
                f"{form.method} {self.pattern(urlsplit(form.action).path)}",
                tuple(sorted(form.fields)),
            )
            self.forms.setdefault(key, form)
        links = [str(tag["href"]) for tag in soup.find_all("a", href=True)]
        return [_inside(urljoin(address, link)) for link in links if _is_ours(link)]

    def attack(
        self, form: FoundForm, *, per_field: int, whole: int, weird: dict[str, bytes] = WEIRD
    ) -> None:
        """Send ``form`` with every field bad alike, then one bad field at a time, then in shapes no
        browser sends. With ``per_field`` 0 only the first.
        """
        chance = random.Random(f"{self.seed}{form.action}")
        names = form.names
        kinds = list(weird)
        for label in chance.sample(kinds, min(whole, len(kinds))):
            self._submit(form, dict.fromkeys(names, weird[label]), f"all {label}")
        for name in names:
            for label in chance.sample(kinds, min(per_field, len(kinds))):
                self._submit(form, {name: weird[label]}, f"{name} {label}")
        if per_field:
            self._odd_shapes(form)

    def _odd_shapes(self, form: FoundForm) -> None:
        for name in form.names:
            self._submit(form, {}, f"without {name}", without=name)
        self._submit(form, {f"{name}[]": b"1" for name in form.names}, "lists")
        if form.method == "GET":
            return
        token = form.fields.get("csrf_token", "").encode()
        for kind, body in (
            ("application/json", b'{"csrf_token": ["' + token + b'"]}'),
            ("multipart/form-data", b"no boundary"),
            ("multipart/form-data; boundary=x", b"--x\r\nnot a part"),
            (
                "multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
                + token
                + b"\r\n--x--\r\n",
            ),
            ("application/x-www-form-urlencoded; charset=utf-16", b"csrf_token=" + token),
            ("text/plain", b"\x00\xff"),
            ("", b""),
        ):
            self.ask(form.method, form.action, body, kind, f"as {kind} {body[:20]!r}")

    def _submit(
        self, form: FoundForm, over: dict[str, bytes], detail: str, without: str = ""
    ) -> None:
        values = {name: value.encode() for name, value in form.fields.items()} | over
        values.pop(without, None)
        for name in form.files:
            values.pop(name, None)
        if form.method == "GET":
            self.ask("GET", f"{form.action.partition('?')[0]}?{_encoded(values)}", detail=detail)
        elif form.is_multipart:
            self.ask("POST", form.action, *_multipart(values, form.files, over), detail=detail)
        else:
            kind = "application/x-www-form-urlencoded"
            self.ask("POST", form.action, _encoded(values).encode(), kind, detail)


def _form(address: str, tag: Tag) -> FoundForm:
    fields: dict[str, str] = {}
    files: list[str] = []
    for item in tag.find_all(["input", "select", "textarea", "button"]):
        name = str(item.get("name") or "")
        if not name:
            continue
        if item.get("type") == "file":
            files.append(name)
        is_box = item.get("type") in {"radio", "checkbox"}
        if name not in fields or (is_box and item.has_attr("checked")):
            fields[name] = _shown(item)
    return FoundForm(
        page=address,
        action=_inside(urljoin(address, str(tag.get("action") or address))),
        method=str(tag.get("method") or "get").upper(),
        is_multipart=str(tag.get("enctype") or "").startswith("multipart"),
        fields=fields,
        files=files,
    )


def _shown(item: Tag) -> str:
    """What the field holds, or something likely where it is empty."""
    kind, value = str(item.get("type") or ""), str(item.get("value") or "")
    if item.name == "select":
        options = item.find_all("option")
        chosen = [one for one in options if one.has_attr("selected")]
        chosen = chosen or [one for one in options if one.get("value")]
        return str(chosen[0].get("value", "")) if chosen else ""
    if item.name == "textarea":
        return item.get_text() or "Một câu đủ dài để được nhận."
    if item.name == "button" or kind == "file":
        return value
    return value or ("on" if kind in {"radio", "checkbox"} else _likely(kind, item))


def _likely(kind: str, item: Tag) -> str:
    """Something a careful person could type, so that one bad field meets good neighbours."""
    by_kind = {
        "date": "2026-12-24",
        "datetime-local": "2026-12-24T09:00",
        "time": "09:00",
        "email": "ai-do@vidu.test",
        "tel": "0912345678",
        "url": "https://vidu.test/x",
        "password": "mat khau that dai",
        "number": "2",
    }
    numeric = str(item.get("inputmode") or "") in {"numeric", "decimal"}
    return by_kind.get(kind) or ("2000" if numeric else "Thử nghiệm 12")


def _encoded(values: dict[str, bytes]) -> str:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in values.items())


def _multipart(
    values: dict[str, bytes], files: list[str], over: dict[str, bytes]
) -> tuple[bytes, str]:
    def parts() -> Iterator[bytes]:
        for name, value in values.items():
            head = f'Content-Disposition: form-data; name="{name}"'.encode()
            yield b"--xxAxx\r\n" + head + b"\r\n\r\n" + value + b"\r\n"
        for name in files:
            content = over.get(name, b"")
            head = (
                f'Content-Disposition: form-data; name="{name}"; filename="../a\\"b.jpg"'.encode()
            )
            kind = b"\r\nContent-Type: image/jpeg"
            yield b"--xxAxx\r\n" + head + kind + b"\r\n\r\n" + content + b"\r\n"

    return b"".join(itertools.chain(parts(), [b"--xxAxx--\r\n"])), (
        "multipart/form-data; boundary=xxAxx"
    )


def _is_ours(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.netloc and parts.scheme in {"", "http", "https"} and not link.startswith("#")


def _inside(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
