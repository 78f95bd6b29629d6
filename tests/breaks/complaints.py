"""What breaks each invariant of complaints: name -> statements; see tests/breaks."""

BREAKS = {
    "complaints.are_about_an_item_of_the_session": (
        "INSERT INTO live_session_item (id, session_id) VALUES (1, 1)",
        "INSERT INTO live_complaint (id, session_id, item_id) VALUES (1, 2, 1)",
    ),
}
