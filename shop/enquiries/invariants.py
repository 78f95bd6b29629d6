"""What must always hold of enquiries: each query returns no row."""

INVARIANTS = {
    "enquiries.answered_has_an_answer": """
        SELECT e.id FROM enquiry e
        WHERE e.state = 'answered' AND NOT EXISTS (
            SELECT 1 FROM enquiry_message m WHERE m.enquiry_id = e.id AND m.side = 'producer'
        )
    """,
    "enquiries.begins_with_a_question": """
        SELECT e.id FROM enquiry e
        WHERE NOT EXISTS (
            SELECT 1 FROM enquiry_message m WHERE m.enquiry_id = e.id AND m.side = 'buyer'
        )
    """,
    "enquiries.is_about_own_product": """
        SELECT e.id FROM enquiry e JOIN product p ON p.id = e.product_id
        WHERE p.producer_id <> e.producer_id
    """,
}
