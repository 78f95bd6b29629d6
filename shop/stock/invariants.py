"""What must always hold of stock: each query returns no row."""

INVARIANTS = {
    "stock.reserved_within_on_hand": (
        "SELECT variant_id FROM stock_level WHERE reserved < 0 OR reserved > on_hand"
    ),
    "stock.reserved_is_sum_of_held": """
        SELECT v.id FROM variant v
        LEFT JOIN stock_level l ON l.variant_id = v.id
        LEFT JOIN (
            SELECT variant_id, SUM(quantity) AS held FROM stock_reservation
            WHERE state = 'held' GROUP BY variant_id
        ) r ON r.variant_id = v.id
        WHERE COALESCE(l.reserved, 0) <> COALESCE(r.held, 0)
    """,
    "stock.on_hand_is_sum_of_movements": """
        SELECT v.id FROM variant v
        LEFT JOIN stock_level l ON l.variant_id = v.id
        LEFT JOIN (
            SELECT variant_id, SUM(quantity) AS moved FROM stock_movement GROUP BY variant_id
        ) m ON m.variant_id = v.id
        WHERE COALESCE(l.on_hand, 0) <> COALESCE(m.moved, 0)
    """,
    "stock.lot_level_is_sum_of_movements": """
        SELECT COALESCE(l.lot_id, m.lot_id) FROM stock_lot_level l
        LEFT JOIN (
            SELECT lot_id, SUM(quantity) AS moved FROM stock_movement
            WHERE lot_id IS NOT NULL GROUP BY lot_id
        ) m ON m.lot_id = l.lot_id
        WHERE l.on_hand <> COALESCE(m.moved, 0)
    """,
    "stock.lots_within_on_hand": """
        SELECT s.variant_id FROM stock_lot_level s
        LEFT JOIN stock_level l ON l.variant_id = s.variant_id
        GROUP BY s.variant_id, l.on_hand
        HAVING SUM(s.on_hand) > COALESCE(l.on_hand, 0)
    """,
    "stock.available_facet_is_true": """
        SELECT f.product_id FROM product_facets f
        JOIN (
            SELECT v.product_id, SUM(COALESCE(l.on_hand, 0) - COALESCE(l.reserved, 0)) AS free
            FROM variant v LEFT JOIN stock_level l ON l.variant_id = v.id
            WHERE v.is_active GROUP BY v.product_id
        ) a ON a.product_id = f.product_id
        WHERE f.available <> a.free
    """,
    "stock.take_is_written_once": """
        SELECT l.id FROM stock_take_line l
        JOIN stock_take t ON t.id = l.take_id
        LEFT JOIN stock_movement m ON m.key = 'stock_take_line:' || l.id
        WHERE (t.state <> 'done' AND m.id IS NOT NULL)
           OR (t.state = 'done' AND COALESCE(m.quantity, 0)
               <> COALESCE(l.counted - l.booked, 0))
    """,
    "stock.take_closed_says_by_whom": """
        SELECT id FROM stock_take
        WHERE (state = 'open') <> (closed_by IS NULL) OR (state = 'open') <> (closed_at IS NULL)
    """,
    "stock.channel_keeps_its_own": """
        SELECT id FROM stock_reservation
        WHERE owner_key LIKE 'channel:%' AND (expires_at IS NOT NULL
              OR owner_key NOT LIKE 'channel:%:' || variant_id)
    """,
}
