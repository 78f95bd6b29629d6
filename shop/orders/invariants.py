"""What must always hold of orders: each query returns no row."""

_PACKED = """
    SELECT sl.order_line_id, SUM(sl.quantity) AS units
    FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment_id
    WHERE s.state <> 'cancelled' GROUP BY sl.order_line_id
"""
"""Units of each order line that are (or were) in a parcel."""

_SAYS = """
    SELECT id, order_id, kind FROM order_event WHERE kind IN
        ('placed', 'confirmed', 'completed', 'cancelled', 'expired', 'reinstated')
"""
"""The steps of a timeline that change the order's state."""

_UNITS = """
    SELECT s.order_id, SUM(x.restocked + x.written_off) AS back,
        SUM(CASE WHEN s.state = 'packed' THEN x.quantity ELSE 0 END) AS packed,
        SUM(CASE WHEN s.state IN ('failed', 'returning')
            THEN x.quantity - x.restocked - x.written_off ELSE 0 END) AS failed,
        SUM(CASE WHEN s.state = 'delivered'
            THEN x.quantity - x.restocked - x.written_off ELSE 0 END) AS delivered,
        SUM(CASE WHEN s.state IN ('shipped', 'delivered')
            THEN x.quantity - x.restocked - x.written_off ELSE 0 END) AS out
    FROM shipment s JOIN shipment_line x ON x.shipment_id = s.id GROUP BY s.order_id
"""
"""Units of an order by what became of their parcel, and those that came back of any."""

_CUT = """
    SELECT order_line_id, SUM(units) AS units FROM order_cut WHERE reason <> 'came_back'
    GROUP BY order_line_id
"""
"""Units of each order line that will not be sent."""

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
        LEFT JOIN ({_CUT}) c ON c.order_line_id = l.id
        WHERE o.state NOT IN ('cancelled', 'expired') AND NOT o.awaits_goods
          AND (r.id IS NULL OR (r.state = 'released' AND COALESCE(c.units, 0) < l.quantity)
               OR CASE r.state WHEN 'held' THEN r.quantity ELSE 0 END + COALESCE(p.units, 0)
                  + COALESCE(c.units, 0) <> l.quantity)
    """,  # noqa: S608 - our own constant
    "orders.goods_to_come_hold_nothing": """
        SELECT o.id FROM shop_order o
        JOIN order_line l ON l.order_id = o.id
        LEFT JOIN stock_reservation r ON r.owner_key = 'order_line:' || l.id
        WHERE o.awaits_goods AND (o.fulfilment_state <> 'none' OR r.state IN ('held', 'committed'))
    """,
    "orders.packed_at_most_once": f"""
        SELECT l.id FROM order_line l
        LEFT JOIN ({_PACKED}) p ON p.order_line_id = l.id
        LEFT JOIN ({_CUT}) c ON c.order_line_id = l.id
        WHERE COALESCE(p.units, 0) + COALESCE(c.units, 0) > l.quantity
    """,  # noqa: S608
    "orders.less_is_due_for_what_is_cut": """
        SELECT o.id FROM shop_order o
        LEFT JOIN (
            SELECT l.order_id, SUM(c.amount_vnd) AS amount
            FROM order_cut c JOIN order_line l ON l.id = c.order_line_id GROUP BY l.order_id
        ) c ON c.order_id = o.id
        WHERE o.cut_vnd <> COALESCE(c.amount, 0) OR o.cut_vnd < 0 OR o.cut_vnd > o.total_vnd
    """,
    "orders.only_what_came_back_is_cut_as_such": """
        SELECT c.order_line_id FROM (
            SELECT order_line_id, SUM(units) AS units FROM order_cut
            WHERE reason = 'came_back' GROUP BY order_line_id
        ) c LEFT JOIN (
            SELECT x.order_line_id, SUM(x.quantity) AS units FROM shipment_line x
            JOIN shipment s ON s.id = x.shipment_id
            WHERE s.state = 'returned' GROUP BY x.order_line_id
        ) b ON b.order_line_id = c.order_line_id
        WHERE c.units > COALESCE(b.units, 0)
    """,
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
    "orders.state_is_the_last_step_told": f"""
        SELECT o.id, o.state, s.kind FROM shop_order o
        JOIN (SELECT order_id, MAX(id) AS id FROM ({_SAYS}) t GROUP BY order_id) last
          ON last.order_id = o.id
        JOIN order_event s ON s.id = last.id
        WHERE CASE s.kind WHEN 'placed' THEN 'awaiting' WHEN 'reinstated' THEN 'confirmed'
                ELSE s.kind END
            <> CASE WHEN o.state LIKE 'awaiting%' THEN 'awaiting' ELSE o.state END
    """,  # noqa: S608 - our own constant
    "orders.steps_follow_the_table": f"""
        SELECT b.order_id, b.before, b.kind FROM (
            SELECT order_id, kind, LAG(kind) OVER (PARTITION BY order_id ORDER BY id) AS before
            FROM ({_SAYS}) t
        ) b
        WHERE NOT CASE COALESCE(b.before, '')
            WHEN '' THEN b.kind = 'placed'
            WHEN 'placed' THEN b.kind IN ('confirmed', 'cancelled', 'expired')
            WHEN 'expired' THEN b.kind = 'reinstated'
            WHEN 'confirmed' THEN b.kind IN ('completed', 'cancelled')
            WHEN 'reinstated' THEN b.kind IN ('completed', 'cancelled')
            ELSE 1 = 0 END
    """,  # noqa: S608 - our own constant
    "orders.total_is_what_was_agreed": """
        SELECT o.id FROM shop_order o
        JOIN order_event e ON e.order_id = o.id AND e.kind = 'placed'
        WHERE CAST(e.detail ->> 'total_vnd' AS BIGINT) <> o.total_vnd
    """,
    "orders.fulfilment_is_derived": f"""
        SELECT o.id, o.fulfilment_state FROM shop_order o
        JOIN (
            SELECT n.order_id, SUM(n.quantity) - SUM(COALESCE(c.units, 0)) AS ordered
            FROM order_line n LEFT JOIN ({_CUT}) c ON c.order_line_id = n.id GROUP BY n.order_id
        ) l ON l.order_id = o.id
        LEFT JOIN ({_UNITS}) p ON p.order_id = o.id
        WHERE o.fulfilment_state <> CASE
            WHEN p.order_id IS NULL THEN 'none'
            WHEN p.back > 0 AND p.back >= l.ordered THEN 'returned'
            WHEN p.failed > 0 THEN 'failed_delivery'
            WHEN p.delivered > 0 AND p.delivered + p.back >= l.ordered THEN 'delivered'
            WHEN p.out > 0 AND p.out + p.back >= l.ordered THEN 'shipped'
            WHEN p.out > 0 THEN 'partly_shipped'
            WHEN p.packed > 0 THEN 'packed'
            ELSE 'none' END
    """,  # noqa: S608 - our own constant
    "orders.packed_units_left_the_shelf": """
        SELECT u.variant_id, u.lot_id FROM (
            SELECT variant_id, COALESCE(lot_id, 0) AS lot_id, -quantity AS units
            FROM stock_movement WHERE reason = 'sale'
            UNION ALL
            SELECT l.variant_id, COALESCE(x.lot_id, 0), -x.quantity
            FROM shipment_line x JOIN order_line l ON l.id = x.order_line_id
        ) u
        GROUP BY u.variant_id, u.lot_id HAVING SUM(u.units) <> 0
    """,
    "orders.line_is_of_its_producer": """
        SELECT l.id FROM order_line l
        JOIN shop_order o ON o.id = l.order_id
        JOIN variant v ON v.id = l.variant_id
        WHERE v.producer_id <> o.producer_id OR v.product_id <> l.product_id
    """,
    "orders.held_units_have_their_line": """
        SELECT r.id FROM stock_reservation r
        LEFT JOIN order_line l ON r.owner_key = 'order_line:' || l.id
        WHERE r.owner_key LIKE 'order_line:%' AND l.id IS NULL
    """,
    "orders.live_price_counts_its_lines": """
        SELECT w.id FROM price_window w
        LEFT JOIN (
            SELECT l.price_window_id, SUM(l.quantity) AS sold FROM order_line l
            JOIN shop_order o ON o.id = l.order_id
            WHERE l.price_window_id IS NOT NULL AND o.state NOT IN ('cancelled', 'expired')
              AND NOT EXISTS (SELECT 1 FROM order_event e
                              WHERE e.order_id = o.id AND e.kind = 'reinstated')
            GROUP BY l.price_window_id
        ) s ON s.price_window_id = w.id
        WHERE w.sold <> COALESCE(s.sold, 0)
    """,
    "orders.cancelled_is_audited": """
        SELECT o.id FROM shop_order o
        WHERE o.state = 'cancelled' AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject_kind = 'order' AND a.subject_id = o.id
                AND a.action = 'orders.cancel')
    """,
    "orders.states_say_when": """
        SELECT id FROM shop_order
        WHERE (state IN ('confirmed', 'completed') AND confirmed_at IS NULL)
           OR ((state = 'completed') <> (completed_at IS NOT NULL))
           OR (state IN ('confirmed', 'completed', 'cancelled') AND expires_at IS NOT NULL)
    """,
}
