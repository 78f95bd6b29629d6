"""What breaks each invariant of stock: name -> statements; see tests/breaks."""

BREAKS = {
    "stock.reserved_within_on_hand": ("UPDATE stock_level SET reserved = on_hand + 1",),
    "stock.reserved_is_sum_of_held": ("UPDATE stock_level SET reserved = reserved + 1",),
    "stock.on_hand_is_sum_of_movements": ("UPDATE stock_level SET on_hand = on_hand + 1",),
    "stock.lot_level_is_sum_of_movements": ("UPDATE stock_lot_level SET on_hand = on_hand + 1",),
    "stock.lots_within_on_hand": ("UPDATE stock_lot_level SET on_hand = 99999",),
    "stock.available_facet_is_true": ("UPDATE product_facets SET available = available + 1",),
    "stock.channel_keeps_its_own": (
        "INSERT INTO stock_reservation (id, owner_key, variant_id) VALUES (901, 'channel:x:9', 8)",
    ),
    "stock.take_closed_says_by_whom": ("INSERT INTO stock_take (id, state) VALUES (1, 'done')",),
    "stock.take_is_written_once": (
        "INSERT INTO stock_take (id, state) VALUES (1, 'done')",
        "INSERT INTO stock_take_line (id, take_id, counted, booked) VALUES (1, 1, 5, 3)",
    ),
}
