"""A browser without JavaScript: follows links, fills the forms it finds, keeps cookies.

It knows a page only by what the page says. Forms are filled by field name; what the form already
holds (hidden fields, chosen options, typed values) is sent along, as a browser would.
"""

from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

TIMEOUT_SECONDS = 30


class Unexpected(AssertionError):
    """The page is not what the story expects."""


class Form:
    """A form of a page and the values it would send."""

    def __init__(self, tag: Tag, page: "Page") -> None:
        self.tag, self.page = tag, page
        self.action = urljoin(page.url, str(tag.get("action") or page.url))
        self.method = str(tag.get("method") or "get").lower()
        self.is_multipart = tag.get("enctype") == "multipart/form-data"

    @property
    def fields(self) -> list[str]:
        """Names of everything that can be filled."""
        return [str(item["name"]) for item in self.tag.select("[name]")]

    def values(self) -> list[tuple[str, str]]:
        """What a browser would send when nothing is typed, without the buttons."""
        found: list[tuple[str, str]] = []
        for item in self.tag.select("input[name], select[name], textarea[name]"):
            found += _values_of(item)
        return found


def _values_of(item: Tag) -> list[tuple[str, str]]:
    name = str(item["name"])
    if item.name == "textarea":
        return [(name, item.get_text())]
    if item.name == "select":
        options = item.select("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        return [(name, str(option.get("value", option.get_text()))) for option in chosen]
    kind = item.get("type", "text")
    if kind in {"submit", "button", "image", "file", "reset"}:
        return []
    if kind in {"checkbox", "radio"} and not item.has_attr("checked"):
        return []
    return [(name, str(item.get("value", "on" if kind == "checkbox" else "")))]


class Page:
    """An answer of the server."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer = answer
        self.url = answer.url
        self.status = answer.status_code
        is_html = "html" in answer.headers.get("Content-Type", "")
        self.soup = BeautifulSoup(answer.text if is_html else "", "html.parser")

    @property
    def text(self) -> str:
        """What a person reads on the page, blanks collapsed."""
        body = self.soup.find("main") or self.soup
        return " ".join(body.get_text(" ").split())

    def has(self, *words: str) -> bool:
        """Whether every one of ``words`` stands on the page."""
        return all(word in self.text for word in words)

    def one(self, selector: str) -> Tag:
        """The only element that fits. Raises Unexpected."""
        found = self.soup.select(selector)
        if len(found) != 1:
            raise Unexpected(f"{len(found)} of {selector!r} on {self.url}: {self.text[:300]}")
        return found[0]

    def link(self, words: str) -> str:
        """The address of the first link that says ``words``."""
        for anchor in self.soup.select("a[href]"):
            if words in " ".join(anchor.get_text(" ").split()):
                return urljoin(self.url, str(anchor["href"]))
        raise Unexpected(f"no link {words!r} on {self.url}: {self.text[:300]}")

    def link_beside(self, part: str, words: str) -> str:
        """The address holding ``part`` in the list entry or row that says ``words``."""
        for anchor in self.soup.select(f'a[href*="{part}"]'):
            entry = anchor.find_parent(["li", "tr", "article"])
            if entry is not None and words in " ".join(entry.get_text(" ").split()):
                return urljoin(self.url, str(anchor["href"]))
        raise Unexpected(f"no {part!r} beside {words!r} on {self.url}: {self.text[:300]}")

    def links(self, part: str) -> list[str]:
        """Every address on the page that holds ``part``."""
        found = [urljoin(self.url, str(a["href"])) for a in self.soup.select("a[href]")]
        return [address for address in found if part in address]

    def form(self, *, action: str = "", field: str = "") -> Form:
        """The first form that goes to an address holding ``action`` and has ``field``."""
        for tag in self.soup.select("form"):
            form = Form(tag, self)
            if action in form.action and (not field or field in form.fields):
                return form
        actions = [str(tag.get("action")) for tag in self.soup.select("form")]
        raise Unexpected(f"no form {action!r} {field!r} on {self.url}; there are {actions}")


class Browser:
    """One person's browser."""

    def __init__(self, origin: str, *, who: str) -> None:
        self.origin, self.who = origin, who
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["User-Agent"] = "Mozilla/5.0 (story)"

    def cookies(self) -> dict[str, str]:
        """Name -> value of what the server had this browser keep."""
        return dict(self._http.cookies.get_dict())

    def get(self, address: str, *, expect: int | None = 200, **options: Any) -> Page:
        """Open an address. Raises Unexpected when the status differs; None takes any."""
        answer = self._http.get(urljoin(self.origin, address), timeout=TIMEOUT_SECONDS, **options)
        return self._expect(Page(answer), expect)

    def submit(
        self,
        form: Form,
        typed: dict[str, Any] | None = None,
        *,
        files: dict[str, Any] | None = None,
        expect: int = 200,
    ) -> Page:
        """Fill and send a form; ``typed`` replaces what the form holds, lists send several.

        Raises Unexpected for a field the form does not have, and when the status differs.
        """
        typed = typed or {}
        unknown = (set(typed) | set(files or {})) - set(form.fields)
        if unknown:
            raise Unexpected(f"the form at {form.action} lacks {unknown}; it has {form.fields}")
        pairs = [(name, value) for name, value in form.values() if name not in typed]
        for name, value in typed.items():
            several = value if isinstance(value, list) else [value]
            pairs += [(name, str(item)) for item in several]
        if form.method == "get":
            return self.get(form.action, params=pairs, expect=expect)
        if not form.is_multipart:
            return self._expect(self.post(form.action, pairs), expect)
        parts = [(k, (None, v)) for k, v in pairs] + list((files or {}).items())
        return self._expect(self.post(form.action, files=parts), expect)

    def post(
        self, address: str, pairs: list[tuple[str, str]] | None = None, **options: Any
    ) -> Page:
        """Send fields to an address as a form of this site would; any status will do."""
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        if pairs is not None:
            options["data"] = pairs
        answer = self._http.post(address, headers=headers, timeout=TIMEOUT_SECONDS, **options)
        return Page(answer)

    def sign_in(self, login: str, password: str = "chophien-demo") -> Page:
        """Sign in through the real form."""
        form = self.get("/dang-nhap").form(field="password")
        return self.submit(form, {"login": login, "password": password})

    def _expect(self, page: Page, status: int | None) -> Page:
        if status is not None and page.status != status:
            said = page.text[:600] or page.answer.text[:600]
            raise Unexpected(f"{self.who}: {page.url} gave {page.status}, not {status}: {said}")
        return page
