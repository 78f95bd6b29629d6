"""What must always hold of orders of marketplaces: each query returns no row."""

INVARIANTS = {
    "channel_orders.line_is_of_the_seller": """
        SELECT l.id FROM channel_order_line l
        JOIN channel_order o ON o.id = l.order_id
        JOIN variant v ON v.id = l.variant_id
        JOIN product p ON p.id = v.product_id
        WHERE p.producer_id <> o.producer_id
    """,
    "channel_orders.taken_has_left_stock": """
        SELECT t.variant_id FROM (
            SELECT variant_id, SUM(taken) AS units FROM channel_order_line
            WHERE taken > 0 GROUP BY variant_id
        ) t
        LEFT JOIN (
            SELECT variant_id, -SUM(quantity) AS units FROM stock_movement
            WHERE reason = 'sale_elsewhere' GROUP BY variant_id
        ) m ON m.variant_id = t.variant_id
        WHERE t.units > COALESCE(m.units, 0)
    """,
    "channel_orders.given_back_has_come_back": """
        SELECT l.id FROM channel_order_line l
        WHERE l.given_back <> (
            SELECT COALESCE(SUM(m.quantity), 0) FROM stock_movement m
            WHERE m.variant_id = l.variant_id AND m.key LIKE 'channel_order_back:' || l.id || ':%'
        )
    """,
}
"""Units sold elsewhere may be more than orders took: people record such sales by hand too."""
