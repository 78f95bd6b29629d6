"""Every page: accessible, as wide as the screen, quiet in the console, nothing from elsewhere."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import LAPTOP, PHONE, Site, Tab
from tests.e2e.places import LOGINS, Place
from tests.e2e.watching import accessibility, layout

pytestmark = pytest.mark.browser

KEY_PAGES = {
    *("storefront.home", "storefront.products", "storefront.product", "storefront.producer"),
    *("trace.show", "sessions.schedule", "sessions.show_public", "clubs.show", "campaigns.show"),
    *("checkout.checkout", "checkout.done", "orders.show", "accounts.sign_in"),
    *("accounts.producer_home", "orders.desk_order", "catalogue.photos", "stock.index"),
    *("traceability.lot", "marketplaces.run_page", "accounts.staff_home"),
    *("bookings.club_week", "sessions.club_session", "sessions.new_session"),
}
"""What is looked at in every combination; all pages are at 360 px in Vietnamese."""

VARIANTS = [
    pytest.param(PHONE, "en", "dark", id="phone-en-dark"),
    pytest.param(LAPTOP, "vi", "dark", id="laptop-vi-dark"),
    pytest.param(LAPTOP, "en", "light", id="laptop-en-light"),
]


def look(
    site: Site,
    open_tab: Callable[..., Tab],
    places: list[Place],
    prefix: str = "",
    **options: object,
) -> list[str]:
    """Open the places, each as the person it is for, and gather what is wrong."""
    tabs: dict[str, Tab] = {}
    troubles = []
    for place in places:
        if place.role not in tabs:
            tabs[place.role] = _tab(site, open_tab, place.role, options)
        tab = tabs[place.role]
        page = tab.open(prefix + place.path)
        found = layout(page) + accessibility(page) + tab.watch.take()
        troubles += [f"{place.name}: {line}" for line in found]
    return troubles


def _tab(site: Site, open_tab: Callable[..., Tab], role: str, options: dict[str, object]) -> Tab:
    tab = open_tab(LOGINS.get(role), **options)
    if role == "ordered":
        cookies = [
            {"name": name, "value": value, "url": site.url}
            for name, value in site.made.guest.cookies().items()
        ]
        tab.page.context.add_cookies(cookies)  # type: ignore[arg-type]
    tab.watch.take()
    return tab


def test_the_walk_reaches_every_page(site: Site) -> None:
    reached = {place.endpoint for place in site.places}
    assert sorted(set(site.endpoints) - reached) == []


@pytest.mark.slow
def test_every_page_on_a_phone(site: Site, open_tab: Callable[..., Tab]) -> None:
    assert not look(site, open_tab, site.places)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "language", "scheme"), VARIANTS)
def test_key_pages_in_other_dress(
    site: Site,
    open_tab: Callable[..., Tab],
    size: tuple[int, int],
    language: str,
    scheme: str,
) -> None:
    places = [place for place in site.places if place.endpoint in KEY_PAGES]
    assert {place.endpoint for place in places} == KEY_PAGES
    prefix = "/en" if language == "en" else ""
    assert not look(site, open_tab, places, prefix, size=size, color_scheme=scheme)
