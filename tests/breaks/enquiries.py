"""What breaks each invariant of enquiries: name -> statements; see tests/breaks."""

BREAKS = {
    "enquiries.answered_has_an_answer": ("INSERT INTO enquiry (id, state) VALUES (1, 'answered')",),
    "enquiries.begins_with_a_question": ("INSERT INTO enquiry (id) VALUES (1)",),
    "enquiries.is_about_own_product": (
        "INSERT INTO enquiry (id, product_id, producer_id) VALUES (1, {product}, 9999)",
    ),
}
