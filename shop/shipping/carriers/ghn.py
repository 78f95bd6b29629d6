"""Giao Hàng Nhanh: the field names of its call ``/v2/shipping-order/create``.

Weight in grams, sizes in centimetres, ``client_order_code`` makes a second sending harmless
(facts §5). What the columns of its upload sheet are called today is not verified.
"""

from datetime import date

from shop.core.text import N_
from shop.shipping.rules.carriers import Cap, Carrier, Column, always

_FEE_PAGE = N_("GHN, tài liệu tính phí: COD và bảo hiểm tối đa 5.000.000 đ")

CARRIER = Carrier(
    slug="ghn",
    label="GHN",
    names=("ghn", "giao hang nhanh"),
    checked_on=date(2026, 11, 22),
    source="GHN API /v2/shipping-order/create",
    certainty="certain",
    order=10,
    columns=(
        Column("client_order_code", lambda p: p.client_code),
        Column("to_name", lambda p: p.recipient),
        Column("to_phone", lambda p: p.phone),
        Column("to_address", lambda p: p.address),
        Column("to_ward_name", lambda p: p.area.ward),
        Column("to_district_name", lambda p: p.area.district),
        Column("to_province_name", lambda p: p.area.province or p.province),
        Column("cod_amount", lambda p: p.cod_vnd, N_("đồng")),
        Column("insurance_value", lambda p: p.value_vnd, N_("đồng")),
        Column("weight", lambda p: p.weight_g, N_("gam")),
        Column("length", always(""), N_("cm, điền theo thùng của bạn")),
        Column("width", always(""), N_("cm, điền theo thùng của bạn")),
        Column("height", always(""), N_("cm, điền theo thùng của bạn")),
        Column("content", lambda p: p.content),
        Column("payment_type_id", always(1), N_("1: người gửi trả phí"), "uncertain"),
        Column("required_note", always("CHOXEMHANGKHONGTHU"), "", "uncertain"),
        Column("note", lambda p: p.note),
        Column("from_name", lambda p: p.sender, "", "uncertain"),
        Column("from_phone", lambda p: p.sender_phone, "", "uncertain"),
        Column("from_address", lambda p: p.sender_address, "", "uncertain"),
    ),
    cod_cap=Cap(5_000_000, "certain", _FEE_PAGE),
    value_cap=Cap(5_000_000, "certain", _FEE_PAGE),
    notes=(N_("Hãng còn hỏi huyện và xã theo địa giới trước 07/2025 (chưa kiểm chứng lại)."),),
)
