"""What breaks each invariant of orders of marketplaces: name -> statements; see tests/breaks."""

_ORDER = "INSERT INTO channel_order (id, producer_id) VALUES (1, 9999)"

BREAKS = {
    "channel_orders.line_is_of_the_seller": (
        _ORDER,
        "INSERT INTO channel_order_line (id, order_id, variant_id, taken, given_back) "
        "VALUES (1, 1, {variant}, 0, 0)",
    ),
    "channel_orders.taken_has_left_stock": (
        "INSERT INTO channel_order_line (id, variant_id, taken, given_back) "
        "VALUES (1, {variant}, 3, 0)",
    ),
    "channel_orders.given_back_has_come_back": (
        "INSERT INTO channel_order_line (id, variant_id, taken, given_back) "
        "VALUES (1, {variant}, 0, 2)",
    ),
}
