"""What must always hold of recalls: each query returns no row."""

INVARIANTS = {
    "recalls.lots_stay_recalled": """
        SELECT l.id FROM recall_lot r JOIN lot l ON l.id = r.lot_id WHERE l.state <> 'recalled'
    """,
    "recalls.recalled_lots_have_a_recall": """
        SELECT l.id FROM lot l LEFT JOIN recall_lot r ON r.lot_id = l.id
        WHERE l.state = 'recalled' AND r.lot_id IS NULL
    """,
    "recalls.nothing_of_a_stopped_lot_can_be_bought": """
        SELECT v.variant_id FROM stock_level v
        WHERE v.on_hand > v.reserved AND EXISTS (
            SELECT 1 FROM stock_lot_level s JOIN lot l ON l.id = s.lot_id
            WHERE s.variant_id = v.variant_id AND s.on_hand > 0
                AND l.state IN ('recalled', 'on_hold')
        )
    """,
    "recalls.every_buyer_is_on_the_list": """
        SELECT s.id FROM shipment_line s
        JOIN shipment p ON p.id = s.shipment_id AND p.state <> 'cancelled'
        JOIN recall_lot r ON r.lot_id = s.lot_id
        LEFT JOIN recall_line n ON n.order_line_id = s.order_line_id AND n.lot_id = s.lot_id
        WHERE n.id IS NULL
    """,
    "recalls.no_recalled_parcel_left_after": """
        SELECT s.id FROM shipment_line s
        JOIN shipment p ON p.id = s.shipment_id AND p.shipped_at IS NOT NULL
        JOIN recall_lot x ON x.lot_id = s.lot_id
        JOIN recall r ON r.id = x.recall_id
        WHERE p.shipped_at > r.opened_at
    """,
    "recalls.closed_ones_wait_for_nobody": """
        SELECT r.id FROM recall r JOIN recall_buyer b ON b.recall_id = r.id
        WHERE r.state = 'closed' AND b.state = 'waiting'
    """,
}
