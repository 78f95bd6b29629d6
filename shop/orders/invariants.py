"""What must always hold of orders: each query returns no row."""

_PACKED = """
    SELECT sl.order_line_id, SUM(sl.quantity) AS units
    FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment_id
    WHERE s.state <> 'cancelled' GROUP BY sl.order_line_id
"""
"""Units of each order line that are (or were) in a parcel."""

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
    "orders.living_holds_its_goods": f"""
        SELECT l.id FROM shop_order o
        JOIN order_line l ON l.order_id = o.id
        LEFT JOIN stock_reservation r
          ON r.owner_key = 'order_line:' || l.id AND r.variant_id = l.variant_id
        LEFT JOIN ({_PACKED}) p ON p.order_line_id = l.id
        WHERE o.state NOT IN ('cancelled', 'expired') AND NOT o.awaits_goods
          AND (r.id IS NULL OR r.state = 'released'
               OR CASE r.state WHEN 'held' THEN r.quantity ELSE 0 END + COALESCE(p.units, 0)
                  <> l.quantity)
    """,  # noqa: S608 - our own constant
    "orders.goods_to_come_hold_nothing": """
        SELECT o.id FROM shop_order o
        JOIN order_line l ON l.order_id = o.id
        LEFT JOIN stock_reservation r ON r.owner_key = 'order_line:' || l.id
        WHERE o.awaits_goods AND (o.fulfilment_state <> 'none' OR r.state IN ('held', 'committed'))
    """,
    "orders.packed_at_most_once": f"""
        SELECT l.id FROM order_line l JOIN ({_PACKED}) p ON p.order_line_id = l.id
        WHERE p.units > l.quantity
    """,  # noqa: S608
    "orders.parcel_is_of_its_order": """
        SELECT sl.id FROM shipment_line sl
        JOIN shipment s ON s.id = sl.shipment_id
        JOIN order_line l ON l.id = sl.order_line_id
        WHERE s.order_id <> l.order_id
    """,
    "orders.parcel_back_is_accounted_for": """
        SELECT sl.id FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment_id
        WHERE (s.state = 'returned' AND sl.restocked + sl.written_off <> sl.quantity)
           OR (s.state NOT IN ('returned', 'delivered') AND sl.restocked + sl.written_off > 0)
    """,
    "orders.what_came_back_is_in_the_ledger": """
        SELECT u.variant_id FROM (
            SELECT variant_id, quantity AS units FROM stock_movement WHERE reason = 'parcel_back'
            UNION ALL
            SELECT l.variant_id, -(sl.restocked + sl.written_off)
            FROM shipment_line sl JOIN order_line l ON l.id = sl.order_line_id
            JOIN shipment s ON s.id = sl.shipment_id WHERE s.state = 'returned'
        ) u GROUP BY u.variant_id HAVING SUM(u.units) <> 0
    """,
    "orders.what_was_written_off_is_in_the_ledger": """
        SELECT u.variant_id FROM (
            SELECT variant_id, -quantity AS units FROM stock_movement WHERE reason = 'written_off'
            UNION ALL
            SELECT l.variant_id, -sl.written_off
            FROM shipment_line sl JOIN order_line l ON l.id = sl.order_line_id
        ) u GROUP BY u.variant_id HAVING SUM(u.units) <> 0
    """,
    "orders.confirmed_by_call_is_confirmed": """
        SELECT o.id FROM shop_order o JOIN order_call c ON c.order_id = o.id
        WHERE c.outcome = 'confirmed' AND o.confirmed_at IS NULL
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
