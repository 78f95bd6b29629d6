"""What belongs to one producer, club or province opens and changes for nobody else: every route.

The pages and forms that the owners reach are walked again by the others of their kind.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Site
from tests.e2e.places import LOGINS, Place
from tests.story.browser import Browser, Form

pytestmark = pytest.mark.browser

OTHERS = {
    "producer": "producer2@demo.test",
    "club": "club2@demo.test",
    "staff": "staff2@demo.test",
}
REFUSED = {403, 404}
COMMON = {
    *("catalogue.reference", "catalogue.reference_list", "taxes.rate"),
    *("marketplaces.staff_channel", "marketplaces.staff_rule", "marketplaces.channel_desk"),
    "results.hand_over",
}
"""Named things that belong to everybody of the kind; a session is of all whose goods it shows."""


def own_things(site: Site) -> list[Place]:
    """Pages whose address names one thing of an owner."""
    return [
        place
        for place in site.places
        if place.role in OTHERS
        and place.endpoint not in COMMON
        and "<" in site.endpoints.get(place.endpoint, "")
    ]


def person(site: Site, login: str) -> Browser:
    browser = Browser(site.url, who=login)
    browser.sign_in(login)
    return browser


def forms_on(owner: Browser, place: Place) -> Iterator[Form]:
    """The forms of an owner's page that change this or another named thing."""
    page = owner.get(place.path)
    for tag in page.soup.select('form[method="post"]'):
        form = Form(tag, page)
        path = urlsplit(form.action).path
        if any(character.isdigit() for character in path) or path == urlsplit(place.path).path:
            yield form


def test_pages_of_others_do_not_open(site: Site) -> None:
    strangers = {role: person(site, login) for role, login in OTHERS.items()}
    things = own_things(site)
    assert len(things) > 30, "the walk reached the owners' things"
    opened = []
    for place in things:
        page = strangers[place.role].get(place.path, expect=None)
        if page.status not in REFUSED:
            opened.append(f"{place.endpoint} {place.path}: {page.status}")
    assert not opened, "\n".join(opened)


def test_forms_of_others_change_nothing(site: Site) -> None:
    owners = {role: person(site, LOGINS[role] or "") for role in OTHERS}
    strangers = {role: person(site, login) for role, login in OTHERS.items()}
    tokens = {
        role: dict(browser.get("/tai-khoan/ho-so").form(field="csrf_token").values())["csrf_token"]
        for role, browser in strangers.items()
    }
    taken, sent = [], set[str]()
    for place in own_things(site):
        for form in forms_on(owners[place.role], place):
            if form.action in sent:
                continue
            sent.add(form.action)
            status = _send(strangers[place.role], form, tokens[place.role])
            if status not in REFUSED:
                taken.append(f"{place.endpoint}: POST {urlsplit(form.action).path}: {status}")
    assert len(sent) > 30, "the owners' pages have forms"
    assert taken == []


def _send(stranger: Browser, form: Form, token: str) -> int:
    """Send the owner's form as it stands, from the stranger's own browser."""
    pairs = [(name, value) for name, value in form.values() if name != "csrf_token"]
    return stranger.post(form.action, [*pairs, ("csrf_token", token)]).status
