"""What must always hold of wishes: each query returns no row."""

INVARIANTS = {
    "wishes.over_says_when": """
        SELECT id FROM stock_alert
        WHERE (state IN ('told', 'ended') AND ended_at IS NULL)
           OR (state IN ('unconfirmed', 'waiting') AND ended_at IS NOT NULL)
    """,
    "wishes.list_is_not_overfull": """
        SELECT list_id FROM wish GROUP BY list_id HAVING COUNT(*) > 100
    """,
    "wishes.person_waits_without_confirming": """
        SELECT id FROM stock_alert WHERE state = 'unconfirmed' AND recipient LIKE 'person:%'
    """,
}
