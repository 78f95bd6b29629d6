"""What is offered in the search field while people type: a list that the page's script shows."""

from dataclasses import dataclass
from typing import Final

from flask import Response, make_response, render_template, request

from shop.catalogue import rules as catalogue
from shop.catalogue.search import Suggestions, suggest
from shop.core import clock
from shop.core.text import clean
from shop.places.queries import PlaceMatch
from shop.places.rules import REASON_TEXT, Reason, short_name
from shop.storefront.queries import Places
from shop.storefront.routes.frame import bp, group_url
from shop.storefront.rules import MAX_TYPED, Filters
from shop.storefront.state import shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext, language, pick
from shop.web.request import read_session

_CACHE: Final = "public, max-age=60"


@dataclass(frozen=True)
class Offer:
    """One line of the list."""

    url: str
    label: str
    note: str = ""
    stars: int | None = None


@bp.get("/goi-y")
@public
def suggestions() -> Response:
    """A fragment: products, groups, producers and places that ``q`` may be the beginning of.

    The same for everyone, and kept for a minute: whatever is chosen is judged again by its page.
    """
    typed = clean(request.args.get("q", "")[: MAX_TYPED * 2])[:MAX_TYPED]
    kept = shopfront().suggestions
    page = kept.get((language(), typed.casefold()), lambda: _draw(typed))
    answer = make_response(page)
    answer.headers["Cache-Control"] = _CACHE
    return answer


def _draw(typed: str) -> str:
    db = read_session()
    found = suggest(db, typed, today=clock.today_vn(clock.now()))
    return render_template(
        "storefront/suggestions.html", kinds=_kinds(found, shopfront().places(db))
    )


def _kinds(found: Suggestions, places: Places) -> list[tuple[str, str, list[Offer]]]:
    """Heading, icon and lines of each kind that has any."""
    products, makers = localized_path("/san-pham/"), localized_path("/nha-san-xuat/")
    kinds = (
        (
            gettext("Sản phẩm"),
            "tag",
            [
                Offer(
                    products + row.slug,
                    pick(row.name, row.name_en),
                    row.producer_name,
                    row.stars,
                )
                for row in found.products
            ],
        ),
        (gettext("Nhóm hàng"), "box", [_group(code) for code in found.kinds]),
        (
            gettext("Người làm ra"),
            "store",
            [Offer(makers + row.slug, row.name) for row in found.makers],
        ),
        (gettext("Nơi làm ra"), "pin", [_place(match, places) for match in found.places]),
    )
    return [kind for kind in kinds if kind[2]]


def _group(code: str) -> Offer:
    one = catalogue.SUBGROUPS.get(code) or catalogue.GROUPS[code]
    return Offer(group_url(code), pick(one.label, one.label_en))


def _place(match: PlaceMatch, places: Places) -> Offer:
    note = (
        ""
        if match.reason is Reason.CURRENT
        else gettext(REASON_TEXT[match.reason], old=match.old_name)
    )
    if match.commune_code is None:
        url = localized_path(f"/tinh/{places.slugs[match.province_code]}")
        return Offer(url, short_name(match.province_name), note)
    here = Filters(
        provinces=(match.province_code,), communes=((match.commune_code, match.province_code),)
    )
    return Offer(f"{localized_path('/san-pham')}?{here.query(places.slugs)}", match.label, note)
