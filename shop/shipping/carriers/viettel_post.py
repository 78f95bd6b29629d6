"""Viettel Post: the field names that public integrations use; its own text was not read.

Its catalogues of provinces, districts and wards are documented, the order call is not (facts §5,
marked M), so every column is uncertain.
"""

from collections.abc import Callable
from datetime import date

from shop.core.text import N_
from shop.shipping.rules.carriers import Carrier, Column, Package, Value, always


def _column(name: str, value: Callable[[Package], Value], about: str = "") -> Column:
    return Column(name, value, about, "uncertain")


CARRIER = Carrier(
    slug="viettel-post",
    label="Viettel Post",
    names=("viettel post", "viettelpost", "vtp"),
    checked_on=date(2026, 11, 22),
    source=N_(
        "tên trường trong các bản tích hợp công khai; chưa đọc được tài liệu đặt đơn của hãng"
    ),
    certainty="uncertain",
    order=30,
    columns=(
        _column("ORDER_NUMBER", lambda p: p.client_code),
        _column("RECEIVER_FULLNAME", lambda p: p.recipient),
        _column("RECEIVER_PHONE", lambda p: p.phone),
        _column("RECEIVER_ADDRESS", lambda p: p.address),
        _column("RECEIVER_PROVINCE", lambda p: p.area.province or p.province),
        _column("RECEIVER_DISTRICT", lambda p: p.area.district),
        _column("RECEIVER_WARDS", lambda p: p.area.ward),
        _column("PRODUCT_NAME", lambda p: p.content),
        _column("PRODUCT_QUANTITY", lambda p: p.units),
        _column("PRODUCT_PRICE", lambda p: p.value_vnd, N_("đồng")),
        _column("PRODUCT_WEIGHT", lambda p: p.weight_g, N_("gam")),
        _column("PRODUCT_TYPE", always("HH"), N_("HH: hàng hóa")),
        _column("MONEY_COLLECTION", lambda p: p.cod_vnd, N_("đồng")),
        _column(
            "ORDER_PAYMENT",
            lambda p: 3 if p.cod_vnd else 1,
            N_("3: chỉ thu tiền hàng, 1: không thu"),
        ),
        _column("ORDER_NOTE", lambda p: p.note),
        _column("SENDER_FULLNAME", lambda p: p.sender),
        _column("SENDER_PHONE", lambda p: p.sender_phone),
        _column("SENDER_ADDRESS", lambda p: p.sender_address),
    ),
    notes=(N_("Tên cột chưa đối chiếu với mẫu của hãng: hãy thử một đơn trước."),),
)
