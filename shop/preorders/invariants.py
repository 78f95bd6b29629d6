"""What must always hold of pre-orders: each query returns no row."""

INVARIANTS = {
    # Room ≥ taken = Σ places that are held or were filled.
    "preorders.taken_is_the_sum_of_places": """
        SELECT w.id FROM ship_window w
        LEFT JOIN (
            SELECT window_id, SUM(quantity) AS units FROM preorder
            WHERE state IN ('held', 'arrived') GROUP BY window_id
        ) p ON p.window_id = w.id
        WHERE w.taken <> COALESCE(p.units, 0) OR w.taken > w.capacity
    """,
    "preorders.no_more_promised_than_expected": """
        SELECT h.id FROM harvest h
        JOIN (
            SELECT harvest_id, SUM(capacity) AS units FROM ship_window
            WHERE state <> 'cancelled' GROUP BY harvest_id
        ) w ON w.harvest_id = h.id
        WHERE w.units * 100 > h.expected_units * (100 - h.held_back_percent)
    """,
    "preorders.place_is_as_the_order_stands": """
        SELECT o.id FROM shop_order o JOIN preorder p ON p.order_id = o.id
        WHERE (p.state = 'held' AND (o.state IN ('cancelled', 'expired') OR NOT o.awaits_goods))
           OR (p.state = 'arrived' AND o.awaits_goods)
           OR (p.state = 'ended' AND o.state NOT IN ('cancelled', 'expired'))
    """,
    "preorders.order_to_come_has_a_place": """
        SELECT o.id FROM shop_order o
        WHERE o.awaits_goods AND NOT EXISTS (
            SELECT 1 FROM preorder p WHERE p.order_id = o.id)
    """,
    "preorders.quantity_is_the_lines": """
        SELECT p.order_id FROM preorder p JOIN ship_window w ON w.id = p.window_id
        JOIN harvest h ON h.id = w.harvest_id
        LEFT JOIN order_line l ON l.order_id = p.order_id AND l.variant_id = h.variant_id
        WHERE l.id IS NULL OR l.quantity <> p.quantity
    """,
    "preorders.every_move_is_written": """
        SELECT w.id FROM ship_window w
        WHERE w.moves <> (SELECT COUNT(*) FROM ship_window_move m WHERE m.window_id = w.id)
    """,
    "preorders.sold_by_the_harvests_producer": """
        SELECT o.id FROM shop_order o JOIN preorder p ON p.order_id = o.id
        JOIN ship_window w ON w.id = p.window_id JOIN harvest h ON h.id = w.harvest_id
        JOIN variant v ON v.id = h.variant_id
        WHERE o.producer_id <> h.producer_id OR v.producer_id <> h.producer_id
    """,
}
