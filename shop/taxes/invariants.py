"""What must always hold of the withholding ledger: each query gives the rows that break it."""

INVARIANTS = {
    # an order's entries add up to the tax of its sum, half a đồng either way
    "taxes_order_adds_up": """
        SELECT order_id, activity FROM withholding GROUP BY order_id, activity
        HAVING ABS(SUM(vat_vnd) * 10000 - SUM(base_vnd) * MAX(vat_bp)) > 5000
            OR ABS(SUM(pit_vnd) * 10000 - SUM(base_vnd) * MAX(pit_bp)) > 5000
    """,
    "taxes_one_rate_an_order": """
        SELECT order_id, activity FROM withholding GROUP BY order_id, activity
        HAVING MIN(vat_bp) <> MAX(vat_bp) OR MIN(pit_bp) <> MAX(pit_bp)
    """,
    # a booked fact is in the ledger of taxes whole: its activities add up to it
    "taxes_fact_is_whole": """
        SELECT t.id FROM withholding w JOIN payment_txn t ON t.id = w.txn_row_id
        GROUP BY t.id, t.kind, t.amount_vnd
        HAVING SUM(w.base_vnd) <> CASE WHEN t.kind IN ('refund', 'chargeback')
            THEN -t.amount_vnd ELSE t.amount_vnd END
    """,
    "taxes_entry_of_another_seller": """
        SELECT w.id FROM withholding w JOIN shop_order o ON o.id = w.order_id
        WHERE o.producer_id <> w.producer_id
    """,
}
