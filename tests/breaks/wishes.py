"""What breaks each invariant of wishes: name -> statements; see tests/breaks."""

BREAKS = {
    "wishes.over_says_when": ("INSERT INTO stock_alert (id, state) VALUES (1, 'told')",),
    "wishes.list_is_not_overfull": (
        "INSERT INTO wish (list_id) WITH RECURSIVE n(i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 101) SELECT 1 FROM n",
    ),
    "wishes.person_waits_without_confirming": (
        "INSERT INTO stock_alert (id, state, recipient) VALUES (1, 'unconfirmed', 'person:1')",
    ),
}
