"""What must always hold of settlements: each query gives the rows that break it, so none."""

INVARIANTS = {
    # 14. Σ expected = Σ remitted + Σ fees + Σ differences (open, or written off).
    "shipping_settlement_adds_up": """
        SELECT producer_id FROM cod_settlement_line GROUP BY producer_id
        HAVING SUM(expected_vnd) <> SUM(remitted_vnd) + SUM(fee_vnd)
            + SUM(written_off_vnd) + SUM(difference_vnd)
    """,
    "shipping_settlement_line_adds_up": """
        SELECT id FROM cod_settlement_line
        WHERE expected_vnd <> remitted_vnd + fee_vnd + written_off_vnd + difference_vnd
    """,
    # Each parcel collects its own part: together never more than the order costs.
    "shipping_carriers_were_told_more_than_the_total": """
        SELECT o.id FROM shop_order o
        JOIN shipment s ON s.order_id = o.id AND s.state NOT IN ('cancelled', 'returned')
        GROUP BY o.id, o.total_vnd HAVING SUM(COALESCE(s.cod_vnd, 0)) > o.total_vnd
    """,
    # What lines say they brought into the ledger is there, and nothing else came that way.
    "shipping_settled_money_is_in_the_ledger": """
        SELECT l.id FROM cod_settlement_line l
        WHERE l.posted_vnd <> (
            SELECT COALESCE(SUM(t.amount_vnd), 0) FROM payment_txn t
            WHERE t.provider = 'cod' AND t.kind = 'charge'
              AND t.txn_id LIKE 'settlement:' || l.id || ':%')
    """,
    "shipping_settled_more_than_collected": """
        SELECT order_id FROM cod_settlement_line WHERE order_id IS NOT NULL GROUP BY order_id
        HAVING SUM(posted_vnd) > SUM(CASE
            WHEN remitted_vnd + fee_vnd < 0 THEN 0
            WHEN remitted_vnd + fee_vnd < expected_vnd THEN remitted_vnd + fee_vnd
            ELSE expected_vnd END)
    """,
    "shipping_steps_are_written_down": """
        SELECT l.id FROM cod_settlement_line l
        WHERE l.steps <> (SELECT COUNT(*) FROM cod_settlement_step s WHERE s.line_id = l.id)
           OR l.posted_vnd <> (
               SELECT COALESCE(SUM(s.posted_vnd), 0) FROM cod_settlement_step s
               WHERE s.line_id = l.id)
    """,
    "shipping_settled_parcel_of_another_producer": """
        SELECT l.id FROM cod_settlement_line l
        JOIN shipment s ON s.id = l.shipment_id JOIN shop_order o ON o.id = s.order_id
        WHERE o.producer_id <> l.producer_id OR o.id <> l.order_id
    """,
}
