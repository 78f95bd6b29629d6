"""What must always hold of quotes: each query returns no row."""

INVARIANTS = {
    "wholesale.accepted_has_exactly_one_order": """
        SELECT q.id FROM quote q
        LEFT JOIN shop_order o ON o.id = q.order_id
        LEFT JOIN checkout_group g ON g.id = o.group_id
        WHERE (q.state = 'accepted') <> (o.id IS NOT NULL)
           OR (o.id IS NOT NULL AND g.submit_key <> 'quote:' || q.code)
    """,
    "wholesale.order_has_the_quoted_prices": """
        SELECT l.id FROM quote q
        JOIN order_line l ON l.order_id = q.order_id
        WHERE NOT EXISTS (
            SELECT 1 FROM quote_tier t
            WHERE t.quote_id = q.id AND t.variant_id = l.variant_id
              AND t.unit_price_vnd = l.unit_price_vnd AND t.from_quantity <= l.quantity
              AND NOT EXISTS (
                  SELECT 1 FROM quote_tier b
                  WHERE b.quote_id = q.id AND b.variant_id = l.variant_id
                    AND b.from_quantity <= l.quantity AND b.from_quantity > t.from_quantity))
    """,
    "wholesale.one_open_quote_an_enquiry": """
        SELECT enquiry_id FROM quote WHERE state = 'offered'
        GROUP BY enquiry_id HAVING COUNT(*) > 1
    """,
    "wholesale.request_is_an_enquiry_of_its_kind": """
        SELECT e.id FROM enquiry e LEFT JOIN wholesale_request r ON r.enquiry_id = e.id
        WHERE (e.kind = 'wholesale') <> (r.enquiry_id IS NOT NULL)
    """,
    "wholesale.quotes_own_goods": """
        SELECT t.id FROM quote_tier t JOIN quote q ON q.id = t.quote_id
        JOIN enquiry e ON e.id = q.enquiry_id JOIN variant v ON v.id = t.variant_id
        WHERE v.producer_id <> e.producer_id
    """,
}
