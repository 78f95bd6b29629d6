"""What must always hold of lots, journals and codes: each query returns no row.

The hashes themselves are checked by ``queries.check_lot``; SQL checks that nothing is missing.
"""

INVARIANTS = {
    "traceability.head_is_the_last_entry": """
        SELECT lot.id FROM lot
        LEFT JOIN lot_event ON lot_event.lot_id = lot.id AND lot_event.seq = lot.head_seq
        WHERE (lot.head_seq = 0) <> (lot_event.id IS NULL)
           OR (lot_event.id IS NOT NULL AND lot_event.hash <> lot.head_hash)
    """,
    "traceability.entries_are_gapless": """
        SELECT lot.id FROM lot
        JOIN lot_event ON lot_event.lot_id = lot.id
        GROUP BY lot.id, lot.head_seq
        HAVING COUNT(*) <> lot.head_seq OR MIN(lot_event.seq) <> 1
            OR MAX(lot_event.seq) <> lot.head_seq
    """,
    "traceability.each_entry_follows_the_one_before": """
        SELECT entry.id FROM lot_event AS entry
        LEFT JOIN lot_event AS earlier
          ON earlier.lot_id = entry.lot_id AND earlier.seq = entry.seq - 1
        WHERE entry.seq > 1
          AND (earlier.id IS NULL OR earlier.hash <> entry.previous_hash)
    """,
    "traceability.every_lot_has_its_code": """
        SELECT lot.id FROM lot
        LEFT JOIN trace_code ON trace_code.code = lot.code
         AND trace_code.lot_id = lot.id AND trace_code.level = 'lot'
         AND trace_code.product_id = lot.product_id
        WHERE trace_code.code IS NULL
    """,
    "traceability.a_lot_belongs_to_its_product_s_producer": """
        SELECT lot.id FROM lot
        JOIN product ON product.id = lot.product_id
        LEFT JOIN variant ON variant.id = lot.variant_id
        WHERE product.producer_id <> lot.producer_id
           OR (variant.id IS NOT NULL AND variant.product_id <> lot.product_id)
    """,
    "traceability.nothing_on_sale_without_a_release_entry": """
        SELECT lot.id FROM lot
        WHERE lot.state = 'released' AND NOT EXISTS (
            SELECT 1 FROM lot_event
            WHERE lot_event.lot_id = lot.id AND lot_event.kind = 'release')
    """,
    "traceability.no_lot_is_used_up_twice": """
        SELECT lot.id FROM lot
        JOIN lot_link ON lot_link.parent_id = lot.id
        GROUP BY lot.id, lot.quantity, lot.lost
        HAVING SUM(lot_link.quantity) + lot.lost > lot.quantity + lot.quantity * 2 / 100
    """,
    "traceability.no_lot_is_made_from_itself": """
        WITH RECURSIVE above(child, ancestor) AS (
            SELECT child_id, parent_id FROM lot_link
            UNION
            SELECT above.child, lot_link.parent_id FROM above
            JOIN lot_link ON lot_link.child_id = above.ancestor)
        SELECT child FROM above WHERE child = ancestor
    """,
    "traceability.every_link_stands_in_the_journal": """
        SELECT lot_link.id FROM lot_link
        WHERE NOT EXISTS (
            SELECT 1 FROM lot_event
            WHERE lot_event.lot_id = lot_link.child_id AND lot_event.kind = 'input')
    """,
}
