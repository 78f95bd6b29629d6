"""Statements that break each invariant of bookings."""

BREAKS = {
    "bookings.who_waits_holds_nothing": (
        "INSERT INTO live_session (id, state) VALUES (1, 'draft')",
        "INSERT INTO live_resource_hold (id, session_id, resource_id, hold_start, hold_end, "
        "is_active) VALUES (1, 1, 1, 0, 60, true)",
        "INSERT INTO live_wait_entry (id, session_id, state) VALUES (1, 1, 'waiting')",
    ),
    "bookings.a_taken_request_has_its_session": (
        "INSERT INTO live_slot_request (id, kind, state) VALUES (1, 'staff', 'taken')",
    ),
    "bookings.series_in_one_club": (
        "INSERT INTO live_session (id, club_id) VALUES (1, 1)",
        "INSERT INTO live_series (id, club_id) VALUES (1, 2)",
        "INSERT INTO live_series_part (session_id, series_id, seq) VALUES (1, 1, 1)",
    ),
}
