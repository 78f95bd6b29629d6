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
    "returns.back_on_the_shelf_is_in_the_ledger": """
        SELECT r.id FROM return_line r
        WHERE r.restocked <> (
            SELECT COALESCE(SUM(m.quantity), 0) FROM stock_movement m
            WHERE m.key LIKE 'return_line:' || r.id || ':%'
        )
    """,
    "returns.settled_has_its_refund": """
        SELECT q.id FROM return_request q
        WHERE q.state = 'settled' AND NOT EXISTS (
            SELECT 1 FROM refund f WHERE f.order_id = q.order_id
        )
    """,
}
