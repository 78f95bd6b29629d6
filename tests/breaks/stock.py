"""What breaks each invariant of stock: name -> statements; see tests/breaks."""

BREAKS = {
    "stock.reserved_within_on_hand": ("UPDATE stock_level SET reserved = on_hand + 1",),
    "stock.reserved_is_sum_of_held": ("UPDATE stock_level SET reserved = reserved + 1",),
    "stock.on_hand_is_sum_of_movements": ("UPDATE stock_level SET on_hand = on_hand + 1",),
    "stock.lot_level_is_sum_of_movements": ("UPDATE stock_lot_level SET on_hand = on_hand + 1",),
    "stock.lots_within_on_hand": ("UPDATE stock_lot_level SET on_hand = 99999",),
    "stock.available_facet_is_true": ("UPDATE product_facets SET available = available + 1",),
}
