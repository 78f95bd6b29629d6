"""What must always hold of returns: each query returns no row."""

INVARIANTS = {
    "returns.no_more_than_was_bought": """
        SELECT l.id FROM order_line l
        JOIN return_line r ON r.order_line_id = l.id
        JOIN return_request q ON q.id = r.return_id
        WHERE q.state NOT IN ('refused', 'withdrawn', 'closed')
        GROUP BY l.id, l.quantity HAVING SUM(r.quantity) > l.quantity
    """,
    "returns.lines_are_of_the_order": """
        SELECT r.id FROM return_line r
        JOIN return_request q ON q.id = r.return_id
        JOIN order_line l ON l.id = r.order_line_id
        JOIN shop_order o ON o.id = q.order_id
        WHERE l.order_id <> q.order_id OR o.producer_id <> q.producer_id
    """,
    "returns.has_lines": """
        SELECT q.id FROM return_request q
        WHERE NOT EXISTS (SELECT 1 FROM return_line r WHERE r.return_id = q.id)
    """,
    "returns.state_is_the_latest_step": """
        SELECT q.id FROM return_request q
        LEFT JOIN return_step s ON s.return_id = q.id
            AND s.id = (SELECT MAX(x.id) FROM return_step x WHERE x.return_id = q.id)
        WHERE s.id IS NULL OR s.state <> q.state
    """,
    "returns.what_came_back_is_in_the_ledger": """
        SELECT u.return_id, u.variant_id FROM (
            SELECT r.return_id, l.variant_id, r.restocked + r.written_off AS units
            FROM return_line r JOIN order_line l ON l.id = r.order_line_id
            UNION ALL
            SELECT q.id, m.variant_id, -m.quantity
            FROM return_request q
            JOIN stock_movement m ON m.key LIKE 'return:' || q.id || ':%'
            WHERE m.reason = 'returned'
            UNION ALL
            SELECT r.return_id, m.variant_id, -m.quantity  -- as returns wrote until 0046
            FROM return_line r
            JOIN stock_movement m ON m.key LIKE 'return_line:' || r.id || ':%'
            WHERE m.reason = 'returned'
        ) u
        GROUP BY u.return_id, u.variant_id HAVING SUM(u.units) <> 0
    """,
    "returns.what_came_back_is_counted_at_its_parcel": """
        SELECT u.order_line_id FROM (
            SELECT r.order_line_id, r.restocked, r.written_off FROM return_line r
            UNION ALL
            SELECT x.order_line_id, -x.restocked, -x.written_off
            FROM shipment_line x JOIN shipment s ON s.id = x.shipment_id
            WHERE s.state = 'delivered'
        ) u
        GROUP BY u.order_line_id
        HAVING SUM(u.restocked) <> 0 OR SUM(u.written_off) <> 0
    """,
    "returns.settled_has_its_refund": """
        SELECT q.id FROM return_request q
        WHERE q.state = 'settled' AND NOT EXISTS (
            SELECT 1 FROM refund f WHERE f.order_id = q.order_id
        )
    """,
}
