"""A quote put into the words of a printed paper, in the language of the page that asks."""

from shop.core.money import format_vnd
from shop.receipts.pdf import Item, Receipt, make_pdf
from shop.web.i18n import gettext as _
from shop.web.i18n import pick, show_date
from shop.wholesale import rules
from shop.wholesale.queries import QuoteView, Sold


def quote_pdf(view: QuoteView, *, address: str, public_url: str) -> bytes:
    """The quote on A4. ``address`` is what the QR opens: the quote's signed page."""
    quote, producer = view.quote, view.producer
    least = sum(steps[0].from_quantity * steps[0].unit_price_vnd for steps in view.tiers.values())
    tax_code = _("Mã số thuế: %(code)s", code=producer.tax_code) if producer.tax_code else ""
    company = view.request.company
    if view.request.tax_code:
        company = f"{company} · {view.request.tax_code}"
    return make_pdf(
        Receipt(
            title=_("Báo giá"),
            code=quote.code,
            code_label=_("Mã báo giá"),
            seller=producer.name,
            seller_facts=tuple(fact for fact in (producer.address, tax_code) if fact),
            address=address,
            address_note=_("Quét để xem và đồng ý báo giá"),
            facts=(
                (_("Gửi tới"), company),
                (_("Ngày báo giá"), show_date(quote.created_at)),
                (_("Hiệu lực đến"), show_date(quote.valid_until)),
                (_("Tình trạng"), _(rules.SHOWN[view.state])),
                (_("Cách trả tiền"), _(rules.PAYMENTS[quote.payment])),
                (_("Điều kiện"), quote.terms),
            ),
            header=(_("Hàng"), _("Từ số lượng"), _("Đơn giá"), _("Thành tiền")),
            items=tuple(_items(view)),
            sums=((_("Phí giao cả đơn"), format_vnd(quote.shipping_vnd)),),
            total=(
                _("Đơn nhỏ nhất của mọi mặt hàng"),
                format_vnd(least + quote.shipping_vnd),
            ),
            money=(),
            notice=_("Đơn giá áp dụng từ số lượng đã ghi. Đây là báo giá, không phải hóa đơn."),
            thanks=_("Cảm ơn bạn đã quan tâm tới hàng của thanh niên nông thôn."),
            footer=f"Chợ Phiên · {public_url}",
        )
    )


def _items(view: QuoteView) -> list[Item]:
    return [
        Item(
            name=_name(view.goods[step.variant_id]),
            note=view.goods[step.variant_id].sku,
            quantity=str(step.from_quantity),
            price=format_vnd(step.unit_price_vnd),
            total=format_vnd(step.from_quantity * step.unit_price_vnd),
        )
        for steps in view.tiers.values()
        for step in steps
    ]


def _name(sold: Sold) -> str:
    name, label = pick(sold.product_name, sold.product_name_en), pick(sold.label, sold.label_en)
    return f"{name} · {label}" if label else name
