"""Who and what there is before the first step, and the settings under which all trade."""

from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy.orm import Session

from shop.catalogue.services.facets import refresh_facets
from shop.payments.provider import (
    MomoConfig,
    PaymentConfig,
    PayosChannel,
    PayosConfig,
    SepayConfig,
    StripeConfig,
    VnpayConfig,
    ZalopayConfig,
)
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product, make_variant, variant_of
from tests.factories.checkout import make_voucher
from tests.factories.payments import NOW, make_config, make_payee_account
from tests.factories.preorders import make_harvest, make_window
from tests.factories.stock import make_stock
from tests.factories.traceability import make_lot


@cache
def every_way_to_pay() -> PaymentConfig:
    """All providers switched on, none of them ever called."""
    stripe = StripeConfig(secret_key="sk_test_x", webhook_secret="whsec_x", api_base="http://x")
    channel = PayosChannel("970416", "257678859", "client", "key", "checksum")
    return replace(
        make_config(stripe),
        sepay=SepayConfig(webhook_secret="secret"),
        payos=PayosConfig(channels=(channel,)),
        vnpay=VnpayConfig(tmn_code="CHOPHIEN", hash_secret="secret"),
        momo=MomoConfig(partner_code="MOMO", access_key="access", secret_key="secret"),
        zalopay=ZalopayConfig(app_id=2553, key1="one", key2="two"),
    )


@dataclass(frozen=True)
class Market:
    """Who and what there is before the first step."""

    variants: tuple[int, ...]
    lots: tuple[int, ...]
    vouchers: tuple[str, ...]
    buyer: int
    staff: int
    owner: int
    windows: tuple[str, ...]
    """Codes; places in two harvests of the second producer's tea."""
    producers: tuple[int, ...]


def build_market(db: Session) -> Market:
    """Two producers, four sizes (one in two lots, one loose and in a lot), three vouchers, a
    harvest with two windows."""
    first, second = make_producer(db), make_producer(db)
    owner = make_member(db, "producer", first.id).id
    for producer in (first, second):
        make_payee_account(db, producer.id)
    noodles = make_product(db, producer=first)
    small, large = variant_of(db, noodles), make_variant(db, noodles, price_vnd=123_457)
    refresh_facets(db, noodles.id, now=NOW)
    honey = variant_of(db, make_product(db, producer=second, price_vnd=99_999))
    tea = variant_of(db, make_product(db, producer=second, price_vnd=1_000))
    lots = [
        make_lot(
            db, product=noodles, variant_id=small.id, quantity=9, released=True, actor_id=owner
        )
        for _ in range(2)
    ]
    lots.append(make_lot(db, product=noodles, variant_id=large.id, quantity=4, released=True))
    for variant, units in ((large, 5), (honey, 12), (tea, 30)):
        make_stock(db, variant.id, units)
    vouchers = (
        make_voucher(db, max_uses=3, per_person=2),
        make_voucher(db, kind="fixed", amount=50_001, producer_id=first.id, max_uses=2),
        make_voucher(db, kind="free_ship", amount=0, max_uses=5),
    )
    harvest = make_harvest(db, variant=tea, expected_units=40)
    windows = [make_window(db, harvest=harvest, capacity=units, per_buyer=9) for units in (4, 20)]
    return Market(
        variants=(small.id, large.id, honey.id, tea.id),
        lots=tuple(lot.id for lot in lots),
        vouchers=tuple(voucher.code for voucher in vouchers),
        buyer=make_person(db).id,
        staff=make_staff(db).id,
        owner=owner,
        windows=tuple(window.code for window in windows),
        producers=(first.id, second.id),
    )
