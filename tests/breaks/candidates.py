"""What breaks each invariant of candidates: name -> statements; see tests/breaks."""

BREAKS = {
    "candidates.product_belongs_to_producer": (
        "INSERT INTO candidate (id, product_id, producer_id) VALUES (1, {product}, 9999)",
    ),
    "candidates.closed_has_its_moment": ("INSERT INTO candidate (id, state) VALUES (1, 'closed')",),
}
