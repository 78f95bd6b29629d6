"""What breaks each invariant of preorders: name -> statements; see tests/breaks."""

_HARVEST = "INSERT INTO harvest (id, variant_id, producer_id) VALUES (1, {variant}, 9999)"
_WINDOW = "INSERT INTO ship_window (id, harvest_id) VALUES (1, 1)"

BREAKS = {
    "preorders.taken_is_the_sum_of_places": (
        "INSERT INTO ship_window (id, taken, capacity) VALUES (1, 3, 9)",
    ),
    "preorders.no_more_promised_than_expected": (
        "INSERT INTO harvest (id, expected_units, held_back_percent) VALUES (1, 10, 20)",
        "INSERT INTO ship_window (id, harvest_id, capacity, state) VALUES (1, 1, 9, 'open')",
    ),
    "preorders.place_is_as_the_order_stands": (
        "INSERT INTO preorder (order_id, state) VALUES ({order}, 'ended')",
    ),
    "preorders.order_to_come_has_a_place": ("UPDATE shop_order SET awaits_goods = true",),
    "preorders.quantity_is_the_lines": (
        _HARVEST,
        _WINDOW,
        "INSERT INTO preorder (order_id, window_id, quantity) VALUES ({order}, 1, 77)",
    ),
    "preorders.every_move_is_written": ("INSERT INTO ship_window (id, moves) VALUES (1, 2)",),
    "preorders.sold_by_the_harvests_producer": (
        _HARVEST,
        _WINDOW,
        "INSERT INTO preorder (order_id, window_id) VALUES ({order}, 1)",
    ),
}
