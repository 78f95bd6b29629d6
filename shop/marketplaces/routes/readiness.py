"""The readiness report: a whole shop, one channel or one product, on screen, as PDF and as JSON."""

import json
from urllib.parse import urlencode

from flask import Response, request
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.core.db import MAX_ID
from shop.marketplaces import queries, registry
from shop.marketplaces.routes.base import bp, desks_of, own_producers, producer_asked, show
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import NOT_CHECKED
from shop.marketplaces.services.shop_report import (
    ChannelReport,
    most_found,
    only_product,
    report_data,
    report_on,
    report_pdf,
)
from shop.web.access import role
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number

PAGE_SIZE = 30


def _profiles() -> list[Profile]:
    """The channel that ``kenh`` names, else all that are no archive. Raises UnknownChannel."""
    wanted = request.args.get("kenh", "")
    if wanted:
        return [registry.profile_called(wanted)]
    return [one for one in registry.all_profiles().values() if one.level != "archive"]


def _product_asked() -> int | None:
    """The product that ``san_pham`` names. Raises UnknownProduct for what is no number."""
    wanted = request.args.get("san_pham", "")
    if not wanted:
        return None
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= 10 and int(wanted) <= MAX_ID):
        raise queries.UnknownProduct
    return int(wanted)


def _report(producer: Producer) -> list[ChannelReport]:
    profiles, product_id = _profiles(), _product_asked()
    desks = desks_of(producer, [profile.slug for profile in profiles])
    found = report_on(profiles, desks, registry.market_words())
    return found if product_id is None else only_product(found, product_id)


def _asked() -> dict[str, str]:
    """What the page was narrowed to, for its links."""
    return {
        name: request.args[name] for name in ("co_so", "kenh", "san_pham") if name in request.args
    }


@bp.get("/ban-hang/kenh-ban/kiem-tra")
@role("producer")
def readiness() -> ResponseReturnValue:
    """What stands in the way, over all channels: counts, what to mend first, product by product."""
    producer = producer_asked()
    found = _report(producer)
    products = [item.product for item in found[0].assessed]
    page = Page(
        page_number(request.args.get("trang")),
        PAGE_SIZE,
        len(products),
        lambda number: (
            f"{request.script_root}{request.path}?{urlencode(_asked() | {'trang': number})}"
        ),
    )
    shown_slice = slice(page.offset, page.offset + PAGE_SIZE)
    return show(
        "readiness.html",
        producer=producer,
        producers=own_producers(),
        found=found,
        rows=list(zip(*(one.assessed[shown_slice] for one in found), strict=True)),
        page=page,
        codes=most_found(found),
        channels=[one for one in registry.all_profiles().values() if one.level != "archive"],
        asked=_asked(),
        is_single=_product_asked() is not None,
        not_checked=NOT_CHECKED,
    )


@bp.get("/ban-hang/kenh-ban/kiem-tra.json")
@role("producer")
@limiter.limit("30 per minute")
def readiness_data() -> ResponseReturnValue:
    """The same for programs."""
    body = json.dumps(report_data(_report(producer_asked())), ensure_ascii=False, indent=2)
    return _file(body.encode(), "application/json", "json")


@bp.get("/ban-hang/kenh-ban/kiem-tra.pdf")
@role("producer")
@limiter.limit("30 per minute")
def readiness_pdf() -> ResponseReturnValue:
    """The same to print."""
    return _file(report_pdf(_report(producer_asked())), "application/pdf", "pdf")


def _file(body: bytes, mimetype: str, ending: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'inline; filename="kiem-tra.{ending}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
