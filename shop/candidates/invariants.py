"""What must always hold of candidates; each query returns no row."""

INVARIANTS = {
    "candidates.product_belongs_to_producer": (
        "SELECT c.id FROM candidate c JOIN product p ON p.id = c.product_id "
        "WHERE p.producer_id <> c.producer_id"
    ),
    "candidates.closed_has_its_moment": (
        "SELECT id FROM candidate WHERE (state = 'open') = (closed_at IS NOT NULL)"
    ),
}
