"""What breaks each invariant of taxes: name -> statements; see tests/breaks."""

_ENTRY = (
    "INSERT INTO withholding (id, order_id, producer_id, txn_row_id, activity, base_vnd, vat_vnd, "
    "pit_vnd, vat_bp, pit_bp) VALUES (1, {order}, 9999, {txn}, 'goods', 100000, 1000, 500, 100, 50)"
)

BREAKS = {
    "taxes_order_adds_up": (_ENTRY, "UPDATE withholding SET vat_vnd = 9"),
    "taxes_one_rate_an_order": (
        _ENTRY,
        "INSERT INTO withholding (order_id, activity, vat_bp) VALUES ({order}, 'goods', 9)",
    ),
    "taxes_fact_is_whole": (_ENTRY,),
    "taxes_entry_of_another_seller": (_ENTRY,),
}
