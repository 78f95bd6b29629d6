"""An order put into a receipt's words, in the language of the page that asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.money import format_vnd
from shop.orders import pages
from shop.orders.models import Order, OrderLine
from shop.payments import queries as payments
from shop.payments.registry import provider_called
from shop.payments.rules import Money
from shop.receipts.pdf import Item, Receipt
from shop.web.i18n import gettext as _
from shop.web.i18n import show_datetime


def receipt_of(
    db: Session, order: Order, *, lookup_url: str, public_url: str, now: datetime
) -> Receipt:
    """Everything on the receipt of an order that comes with its lines and contact.

    ``lookup_url``: what the QR opens; it needs the phone's digits, so a lost sheet gives nothing
    away.
    """
    page = pages.order_page(db, order, now)
    seller = db.get_one(Producer, order.producer_id)
    contact = order.contact
    return Receipt(
        title=_("Biên nhận đơn hàng"),
        code=order.code,
        code_label=_("Mã đơn"),
        seller=order.producer_name,
        seller_facts=_seller_facts(seller),
        address=lookup_url,
        address_note=_("Quét để tra cứu đơn bằng mã đơn và 4 số cuối điện thoại"),
        facts=(
            (_("Đặt lúc"), show_datetime(order.placed_at)),
            (_("Tình trạng"), f"{_(page.state_word)} · {_(page.payment_word)}"),
            (_("Người nhận"), f"{contact.full_name} · {contact.phone}"),
            (_("Cách trả tiền"), _(provider_called(order.payment_provider).label)),
            (_("Địa chỉ"), ", ".join(filter(None, (contact.street, contact.place)))),
            (_("In lúc"), show_datetime(now)),
        ),
        header=(_("Hàng"), _("Số lượng"), _("Đơn giá"), _("Thành tiền")),
        items=tuple(_item(line, page.traces) for line in order.lines),
        sums=_sums(order),
        total=(_("Tổng cộng"), format_vnd(order.due_vnd)),
        money=_money(order, payments.money_of(db, order.id)),
        notice=_(
            "Đây là biên nhận để đối chiếu, không phải hóa đơn giá trị gia tăng (hóa đơn VAT). Cần "
            "hóa đơn, xin yêu cầu người bán trong ngày mua."
        ),
        thanks=_("Đơn này đã kết thúc, hàng không được giao.")
        if order.state in {"cancelled", "expired"}
        else _("Cảm ơn bạn đã mua hàng của thanh niên nông thôn."),
        footer=f"Chợ Phiên · {public_url}",
    )


def _seller_facts(seller: Producer) -> tuple[str, ...]:
    facts = (
        seller.address,
        _("Điện thoại: %(phone)s", phone=seller.public_phone) if seller.public_phone else "",
        _("Mã số thuế: %(code)s", code=seller.tax_code) if seller.tax_code else "",
    )
    return tuple(fact for fact in facts if fact)


def _item(line: OrderLine, traces: Mapping[int, Sequence[pages.TraceLink]]) -> Item:
    name = " · ".join(filter(None, (line.product_name, line.variant_label)))
    lots = ", ".join(link.label for link in traces.get(line.id, ()) if link.label)
    return Item(
        name=name,
        note=_("Lô %(lots)s", lots=lots) if lots else "",
        quantity=str(line.quantity),
        price=format_vnd(line.unit_price_vnd),
        total=format_vnd(line.quantity * line.unit_price_vnd),
    )


def _sums(order: Order) -> tuple[tuple[str, str], ...]:
    rows = [(_("Tiền hàng"), format_vnd(order.subtotal_vnd))]
    if order.discount_vnd:
        rows.append((_("Giảm giá"), f"−{format_vnd(order.discount_vnd)}"))
    rows.append((_("Phí giao hàng"), format_vnd(order.shipping_vnd)))
    if order.cut_vnd:
        rows.append((_("Phần không gửi hoặc đã quay về"), f"−{format_vnd(order.cut_vnd)}"))
    return tuple(rows)


def _money(order: Order, money: Money) -> tuple[tuple[str, str], ...]:
    left = max(0, order.due_vnd - money.net_vnd)
    is_owed = left > 0 and order.state not in {"cancelled", "expired"} and money.refunded_vnd == 0
    rows = [(_("Đã nhận"), format_vnd(money.charged_vnd))]
    if money.refunded_vnd:
        rows.append((_("Đã hoàn lại"), f"−{format_vnd(money.refunded_vnd)}"))
    if is_owed:
        rows.append((_("Còn phải trả"), format_vnd(left)))
    return tuple(rows)
