"""The reports: a producer's own, and the provinces' for staff."""

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.accounts.rules import staff_scope_of
from shop.channel_orders.queries import sold_by_month
from shop.core import clock
from shop.core.clock import today_vn
from shop.marketplaces import registry
from shop.reports import queries
from shop.reports.rules import Brought, ListingRate, Month, last_months, sales_table
from shop.web.access import actor, role
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

bp = Blueprint("reports", __name__)

MONTHS: Final = 12
PAGE_SIZE: Final = 30


def _labels() -> dict[str, str]:
    return {slug: profile.label for slug, profile in registry.all_profiles().items()}


@bp.get("/ban-hang/bao-cao")
@role("producer")
def own() -> ResponseReturnValue:
    """Sales of a year here and elsewhere, and where the goods stand."""
    db, ids, months = read_session(), sorted(actor().producers), _months()
    brought = queries.sold_here(db, ids, months)
    elsewhere = sold_by_month(db, ids, most=MONTHS * len(registry.all_profiles()))
    brought += [Brought(one.month, one.channel, one.orders, one.revenue_vnd) for one in elsewhere]
    goods = queries.published_goods(db, ids)
    standing = {
        channel: len(listed & goods) for channel, listed in queries.listed_goods(db, ids).items()
    }
    rates = queries.rates_of(db, ids).values()
    return render_template(
        "reports/own.html",
        table=sales_table(months, brought),
        labels=_labels(),
        standing={channel: count for channel, count in sorted(standing.items()) if count},
        rate=ListingRate(sum(one.products for one in rates), sum(one.listed for one in rates)),
    )


@bp.get("/can-bo/bao-cao")
@role("staff")
def provinces() -> ResponseReturnValue:
    """The producers of one's provinces: goods on other channels, sales here and elsewhere."""
    db, number = read_session(), page_number(request.args.get("trang"))
    producers, total = queries.producers_in(
        db, staff_scope_of(actor()), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    here = f"{request.script_root}{request.path}"
    return render_template(
        "reports/provinces.html",
        rows=queries.figures_of(db, producers, _months()),
        page=Page(number, PAGE_SIZE, total, lambda n: f"{here}?trang={n}"),
    )


def _months() -> list[Month]:
    return last_months(today_vn(clock.now()), MONTHS)
