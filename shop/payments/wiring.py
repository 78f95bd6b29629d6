"""How payments joins an application: settings for the providers, message kinds, panels, to-dos."""

from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, url_for
from sqlalchemy.orm import Session

from config import Settings
from shop.core import clock
from shop.core.outgoing import is_safe_address
from shop.core.text import N_
from shop.notifications.services import register_message
from shop.orders import signals
from shop.orders.models import Order
from shop.orders.slots import DESK_PANELS
from shop.payments import desk, queries, refund_desk, registry, unmatched
from shop.payments.configuration import config_of, configure
from shop.payments.panels import PayView, other_ways, pay_view
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
from shop.payments.services import settle_refunds
from shop.payments.services.erasing import erase_payer
from shop.payments.services.ledger import WRONG_ACCOUNT, follow_ledger
from shop.payments.services.payees import DECIDED, SUBMITTED, WITHDRAWN
from shop.payments.transfer_qr import Transfer, encode
from shop.web import access
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.request import House, database
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import ORDER_PANELS, PRODUCER_NAV, PRODUCER_TODO, STAFF_NAV, STAFF_TODO

_PAYEE_PAGE = "/ban-hang/tai-khoan-nhan-tien"

MESSAGES = {
    SUBMITTED: N_("Có yêu cầu dùng tài khoản nhận tiền …%(tail)s"),
    DECIDED: N_("Cán bộ đã xem xét tài khoản nhận tiền …%(tail)s"),
    WITHDRAWN: N_("Đã dừng thay đổi sang tài khoản …%(tail)s"),
    WRONG_ACCOUNT: N_("Tiền của đơn %(code)s vào tài khoản khác. Hãy hỏi khách và cán bộ"),
}


class UnsafeSetting(ValueError):
    """A payment setting that must not be used."""


def payment_config(settings: Settings) -> PaymentConfig:
    """The providers' settings. Raises UnsafeSetting, BadTransferQr for an account that is none.

    They hold no application: whoever keeps them by database would keep it alive for ever.
    """

    def order_link(code: str) -> str:
        key = access.signature(settings.secret_key, "order", code)
        return f"{settings.public_url}/don-hang/{code}?k={key}"

    return PaymentConfig(
        public_url=settings.public_url,
        order_link=order_link,
        transfer_hold=timedelta(minutes=settings.transfer_hold_minutes),
        cod_confirm=timedelta(hours=settings.cod_confirm_hours),
        second_person_vnd=settings.refund_second_person_vnd,
        stripe=_stripe(settings),
        sepay=_sepay(settings),
        payos=_payos(settings),
        vnpay=_vnpay(settings),
        momo=_momo(settings),
        zalopay=_zalopay(settings),
    )


def _stripe(settings: Settings) -> StripeConfig | None:
    if not settings.stripe_secret_key or not settings.stripe_webhook_secret:
        return None
    return StripeConfig(
        secret_key=settings.stripe_secret_key,
        webhook_secret=settings.stripe_webhook_secret,
        api_base=_origin("STRIPE_API_BASE", settings.stripe_api_base),
    )


def _origin(name: str, address: str) -> str:
    base = address.rstrip("/")
    if not is_safe_address(base) or base.count("/") != 2:
        raise UnsafeSetting(f"{name} must be an https origin (http on loopback only)")
    return base


def _sepay(settings: Settings) -> SepayConfig | None:
    if not settings.sepay_webhook_secret and not settings.sepay_webhook_apikey:
        return None
    if settings.sepay_signed_text.count("{body}") != 1:
        raise UnsafeSetting("SEPAY_SIGNED_TEXT must hold {body} once")
    return SepayConfig(
        webhook_secret=settings.sepay_webhook_secret,
        webhook_apikey=settings.sepay_webhook_apikey,
        api_token=settings.sepay_api_token,
        api_base=_origin("SEPAY_API_BASE", settings.sepay_api_base),
        signed_text=settings.sepay_signed_text,
    )


def _are_set(names: str, *values: object) -> bool:
    """Whether settings that go together are set. Raises UnsafeSetting when only some are."""
    if any(values) and not all(values):
        raise UnsafeSetting(f"{names} go together")
    return all(values)


def _vnpay(settings: Settings) -> VnpayConfig | None:
    if not _are_set("VNPAY_*", settings.vnpay_tmn_code, settings.vnpay_hash_secret):
        return None
    for name, address in (("PAY", settings.vnpay_pay_url), ("API", settings.vnpay_api_url)):
        if not is_safe_address(address) or "?" in address:
            raise UnsafeSetting(f"VNPAY_{name}_URL must be an https address without a query")
    return VnpayConfig(
        tmn_code=settings.vnpay_tmn_code,
        hash_secret=settings.vnpay_hash_secret,
        pay_url=settings.vnpay_pay_url,
        api_url=settings.vnpay_api_url,
        ip_address=settings.vnpay_ip_address,
    )


def _momo(settings: Settings) -> MomoConfig | None:
    code, access, secret = (
        settings.momo_partner_code,
        settings.momo_access_key,
        settings.momo_secret_key,
    )
    if not _are_set("MOMO_*", code, access, secret):
        return None
    return MomoConfig(
        partner_code=code,
        access_key=access,
        secret_key=secret,
        api_base=_origin("MOMO_API_BASE", settings.momo_api_base),
        request_type=settings.momo_request_type,
    )


def _zalopay(settings: Settings) -> ZalopayConfig | None:
    app_id, key1, key2 = settings.zalopay_app_id, settings.zalopay_key1, settings.zalopay_key2
    if not _are_set("ZALOPAY_*", app_id, key1, key2):
        return None
    return ZalopayConfig(
        app_id=app_id,
        key1=key1,
        key2=key2,
        api_base=_origin("ZALOPAY_API_BASE", settings.zalopay_api_base),
    )


def _payos(settings: Settings) -> PayosConfig | None:
    parts = [
        [one.strip() for one in value.split(",")]
        for value in (
            settings.payos_account,
            settings.payos_client_id,
            settings.payos_api_key,
            settings.payos_checksum_key,
        )
        if value.strip()
    ]
    if not parts:
        return None
    if len(parts) != 4 or len({len(part) for part in parts}) != 1 or not all(map(all, parts)):
        raise UnsafeSetting("PAYOS_ACCOUNT, _CLIENT_ID, _API_KEY and _CHECKSUM_KEY go together")
    channels = []
    for account, client_id, api_key, checksum_key in zip(*parts, strict=True):
        bank_bin, _, number = account.partition(":")
        encode(Transfer(bank_bin=bank_bin, account=number))
        channels.append(PayosChannel(bank_bin, number, client_id, api_key, checksum_key))
    return PayosConfig(
        channels=tuple(channels),
        api_base=_origin("PAYOS_API_BASE", settings.payos_api_base),
        checkout_url=settings.payos_checkout_url,
    )


def init_app(app: Flask) -> None:
    """Load the providers, give them their settings, fill the slots. May be called again."""
    registry.all_providers()
    house = cast(House, app.extensions["house"])
    configure(house.database, payment_config(cast(Settings, app.extensions["settings"])))
    for kind, title in MESSAGES.items():
        register_message(kind, title=title, url=_PAYEE_PAGE, importance="must")
    connect_signals()
    ORDER_PANELS.fill(order_panels)
    DESK_PANELS.fill(desk_panels)
    PRODUCER_TODO.fill(_producer_todo)
    STAFF_TODO.fill(_staff_todo)
    PRODUCER_NAV.fill(_producer_nav)
    STAFF_NAV.fill(_staff_nav)


def connect_signals() -> None:
    """Follow the orders' lives. Connecting twice is connecting once."""
    for ended in (signals.order_cancelled, signals.order_expired):
        ended.connect(_owe_back, weak=False)
    signals.order_cut.connect(_follow_cut, weak=False)
    signals.order_erased.connect(erase_payer, weak=False)


def _owe_back(_sender: object, *, db: Session, order: Order, now: datetime, **_more: Any) -> None:
    """An order ended: what it received becomes refund tasks in the same transaction."""
    settle_refunds(db, order=order, now=now)


def _follow_cut(_sender: object, *, db: Session, order: Order, now: datetime, **_more: Any) -> None:
    """Less is due: the order may be paid now, or paid too much, which becomes refund tasks."""
    follow_ledger(db, order, now)


def order_panels(db: Session, order_id: int, now: datetime) -> list[Panel]:
    """Money on the buyer's page of an order."""
    config = config_of(database())
    view = pay_view(db, order_id, config, now)
    if view is None:
        return []
    ways = other_ways(db, view, config, now)
    context = {"view": view, "urls": _buyer_urls(view), "ways": ways}
    return [Panel("payments/order_panel.html", context)]


def _buyer_urls(view: PayView) -> dict[str, str]:
    code = view.order.code
    key = access.sign("order", code)
    return {
        name: url_for(endpoint, code=code, k=key)
        for name, endpoint in (
            ("png", "payments.transfer_qr"),
            ("pay", "payments.pay"),
            ("check", "payments.check"),
            ("choose", "payments.choose"),
            ("account", "refunds.account"),
        )
    }


def desk_panels(db: Session, order_id: int, now: datetime) -> list[Panel]:
    """Money on the producer's page of an order."""
    view = pay_view(db, order_id, config_of(database()), now)
    if view is None:
        return []
    urls = {
        "receipt": url_for("payments.receipt", code=view.order.code),
        "desk": url_for("payments.producer_desk"),
    }
    return [Panel("payments/desk_panel.html", {"view": view, "urls": urls})]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    own = sorted(actor.producers)
    page = url_for("payments.producer_desk")
    lines = [
        Todo(
            gettext(N_("Đơn chờ chuyển khoản")),
            desk.count_awaited(db, own, clock.now()),
            page,
            icon="wallet",
        ),
        Todo(
            gettext(N_("Khoản cần hoàn cho khách")),
            refund_desk.count_for_sellers(db, actor),
            url_for("refunds.sellers"),
            icon="wallet",
            is_urgent=True,
        ),
    ]
    lines.append(
        Todo(
            gettext(N_("Tiền chưa khớp đơn")),
            unmatched.count_unmatched(db, unmatched.of_producers(own)),
            url_for("matching.own_unmatched"),
            icon="wallet",
            is_urgent=True,
        )
    )
    missing = [
        one for one in desk.owned_producers(db, actor) if not queries.has_payee_account(db, one.id)
    ]
    if missing:
        lines.append(
            Todo(
                gettext(N_("Thêm tài khoản nhận tiền")),
                len(missing),
                url_for("payments.payee"),
                icon="wallet",
            )
        )
    return lines


def _staff_todo(db: Session, actor: Actor) -> list[Todo]:
    limit = config_of(database()).second_person_vnd
    refunds, disputes = refund_desk.counts_for_staff(db, actor, limit)
    return [
        Todo(
            gettext(N_("Khoản hoàn chờ cán bộ")),
            refunds,
            url_for("refunds.staff"),
            icon="wallet",
            is_urgent=True,
        ),
        Todo(
            gettext(N_("Ngân hàng khiếu nại")),
            disputes,
            url_for("refunds.disputes"),
            icon="warning",
            is_urgent=True,
        ),
        Todo(
            gettext(N_("Tiền chưa khớp đơn")),
            unmatched.count_unmatched(db, unmatched.of_staff(actor)),
            url_for("matching.staff_desk"),
            icon="wallet",
            is_urgent=True,
        ),
        Todo(
            gettext(N_("Tài khoản nhận tiền chờ duyệt")),
            desk.count_waiting_accounts(db, actor),
            url_for("payments.payee_queue"),
            icon="wallet",
        ),
    ]


def _producer_nav(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(
            gettext(N_("Đối soát tiền")),
            url_for("payments.producer_desk"),
            "wallet",
            60,
            group="orders",
        ),
        NavItem(gettext(N_("Hoàn tiền")), url_for("refunds.sellers"), "wallet", 60, group="orders"),
        NavItem(
            gettext(N_("Tài khoản nhận tiền")),
            url_for("payments.payee"),
            "lock",
            61,
            group="orders",
        ),
    ]


def _staff_nav(_actor: Actor) -> list[NavItem]:
    return [
        NavItem(
            gettext(N_("Tiền chưa khớp")),
            url_for("matching.staff_desk"),
            "wallet",
            60,
            group="orders",
        ),
        NavItem(gettext(N_("Hoàn tiền")), url_for("refunds.staff"), "wallet", 60, group="orders"),
        NavItem(
            gettext(N_("Tài khoản nhận tiền")),
            url_for("payments.payee_queue"),
            "lock",
            61,
            group="orders",
        ),
        NavItem(
            gettext(N_("Khiếu nại của ngân hàng")),
            url_for("refunds.disputes"),
            "warning",
            62,
            group="orders",
        ),
    ]
