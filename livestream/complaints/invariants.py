"""What must always hold of complaints: each query returns no row."""

INVARIANTS = {
    "complaints.are_about_an_item_of_the_session": (
        "SELECT c.id FROM live_complaint c JOIN live_session_item i ON i.id = c.item_id "
        "WHERE i.session_id <> c.session_id"
    ),
}
