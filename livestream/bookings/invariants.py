"""What must always hold of bookings: each query returns no row."""

INVARIANTS = {
    "bookings.who_waits_holds_nothing": (
        "SELECT w.id FROM live_wait_entry w JOIN live_resource_hold h "
        "ON h.session_id = w.session_id AND h.is_active WHERE w.state = 'waiting' "
        "AND EXISTS (SELECT 1 FROM live_session s WHERE s.id = w.session_id AND s.state = 'draft')"
    ),
    "bookings.a_taken_request_has_its_session": (
        "SELECT id FROM live_slot_request WHERE state = 'taken' AND session_id IS NULL"
    ),
    "bookings.series_in_one_club": (
        "SELECT p.session_id FROM live_series_part p JOIN live_series r ON r.id = p.series_id "
        "JOIN live_session s ON s.id = p.session_id WHERE s.club_id <> r.club_id"
    ),
}
