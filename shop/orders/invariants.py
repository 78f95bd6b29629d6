"""What must always hold of orders: each query returns no row."""

INVARIANTS = {
    "orders.total_is_lines_plus_delivery": """
        SELECT o.id FROM shop_order o
        JOIN (
            SELECT order_id, SUM(quantity * unit_price_vnd) AS gross,
                   SUM(discount_vnd) AS discount, SUM(line_total_vnd) AS net
            FROM order_line GROUP BY order_id
        ) l ON l.order_id = o.id
        WHERE o.subtotal_vnd <> l.gross OR o.discount_vnd <> l.discount
           OR o.total_vnd <> l.net + o.shipping_vnd
    """,
    "orders.has_lines": """
        SELECT o.id FROM shop_order o
        WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id)
    """,
    "orders.ended_holds_nothing": """
        SELECT o.id FROM shop_order o
        JOIN order_line l ON l.order_id = o.id
        JOIN stock_reservation r ON r.owner_key = 'order_line:' || l.id
        WHERE o.state IN ('cancelled', 'expired') AND r.state = 'held'
    """,
    "orders.living_holds_its_goods": """
        SELECT l.id FROM shop_order o
        JOIN order_line l ON l.order_id = o.id
        LEFT JOIN stock_reservation r
          ON r.owner_key = 'order_line:' || l.id AND r.variant_id = l.variant_id
        WHERE o.state NOT IN ('cancelled', 'expired') AND NOT o.awaits_goods
          AND (r.id IS NULL OR r.quantity <> l.quantity
               OR (o.fulfilment_state = 'none' AND r.state <> 'held')
               OR (o.fulfilment_state <> 'none' AND r.state <> 'committed'))
    """,
    "orders.goods_to_come_hold_nothing": """
        SELECT o.id FROM shop_order o
        JOIN order_line l ON l.order_id = o.id
        LEFT JOIN stock_reservation r ON r.owner_key = 'order_line:' || l.id
        WHERE o.awaits_goods AND (o.fulfilment_state <> 'none' OR r.state IN ('held', 'committed'))
    """,
    "orders.packed_exactly_once": """
        SELECT l.id FROM order_line l
        JOIN (
            SELECT sl.order_line_id, SUM(sl.quantity) AS packed
            FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment_id
            WHERE s.state <> 'cancelled' GROUP BY sl.order_line_id
        ) p ON p.order_line_id = l.id
        WHERE p.packed <> l.quantity
    """,
    "orders.begins_with_its_timeline": """
        SELECT o.id FROM shop_order o
        WHERE NOT EXISTS (
            SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.kind = 'placed'
        )
    """,
    "orders.ended_says_why": """
        SELECT id FROM shop_order WHERE state IN ('cancelled', 'expired') AND end_reason = ''
    """,
}
