"""Giao Hàng Tiết Kiệm: the field names of its call ``/services/shipment/order``.

Weight in kilograms with a decimal point, ``pick_money`` is the money to collect, four levels of
address (facts §5).
"""

from datetime import date

from shop.core.text import N_
from shop.shipping.rules.carriers import Carrier, Column, always

CARRIER = Carrier(
    slug="ghtk",
    label="GHTK",
    names=("ghtk", "giao hang tiet kiem"),
    checked_on=date(2026, 11, 22),
    source="GHTK API /services/shipment/order ver=1.5",
    certainty="certain",
    order=20,
    columns=(
        Column("id", lambda p: p.client_code),
        Column("name", lambda p: p.recipient),
        Column("tel", lambda p: p.phone),
        Column("address", lambda p: p.address),
        Column("province", lambda p: p.area.province or p.province),
        Column("district", lambda p: p.area.district),
        Column("ward", lambda p: p.area.ward),
        Column("hamlet", always("Khác"), "", "uncertain"),
        Column("pick_money", lambda p: p.cod_vnd, N_("đồng")),
        Column("value", lambda p: p.value_vnd, N_("đồng"), "uncertain"),
        Column("weight", lambda p: p.weight_kg, N_("kg, dấu chấm thập phân")),
        Column("is_freeship", always(1), N_("1: người gửi trả phí, chỉ thu đúng tiền thu hộ")),
        Column("note", lambda p: p.note),
        Column("product_name", lambda p: p.content, "", "uncertain"),
        Column("quantity", lambda p: p.units, "", "uncertain"),
        Column("pick_name", lambda p: p.sender, "", "uncertain"),
        Column("pick_tel", lambda p: p.sender_phone, "", "uncertain"),
        Column("pick_address", lambda p: p.sender_address, "", "uncertain"),
        Column("pick_province", lambda p: p.sender_province, "", "uncertain"),
    ),
    notes=(N_("Hãng còn hỏi bốn cấp địa chỉ (chưa kiểm chứng lại sau 07/2025)."),),
)
