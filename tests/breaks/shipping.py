"""What breaks each invariant of shipping: name -> statements; see tests/breaks."""

_SETTLED = (
    "INSERT INTO cod_settlement_line (id, producer_id, order_id, expected_vnd, remitted_vnd, "
    "fee_vnd, written_off_vnd, difference_vnd, posted_vnd, steps) "
    "VALUES (1, 1, 1, 0, 0, 0, 0, 0, 0, 0);UPDATE cod_settlement_line SET {} = {}"
)

BREAKS = {
    "shipping_carriers_were_told_more_than_the_total": (
        "UPDATE shipment SET state = 'shipped', cod_vnd = 999999999999",
    ),
    "shipping_settlement_adds_up": (_SETTLED.format("expected_vnd", 5),),
    "shipping_settlement_line_adds_up": (_SETTLED.format("fee_vnd", 5),),
    "shipping_settled_money_is_in_the_ledger": (_SETTLED.format("posted_vnd", 5),),
    "shipping_settled_more_than_collected": (_SETTLED.format("posted_vnd", 5),),
    "shipping_steps_are_written_down": (_SETTLED.format("steps", 2),),
    "shipping_settled_parcel_of_another_producer": (
        "INSERT INTO cod_settlement_line (id, producer_id, order_id, shipment_id) "
        "SELECT 1, 9999, order_id, id FROM shipment",
    ),
}
