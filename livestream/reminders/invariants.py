"""What must always hold of reminders: each query returns no row."""

INVARIANTS = {
    "reminders.planned_for_the_present_schedule": (
        "SELECT r.id FROM live_reminder r JOIN live_session s ON s.id = r.session_id "
        "WHERE r.state = 'planned' AND r.schedule_seq <> s.schedule_seq"
    ),
    "reminders.offsets_only_of_confirmed": (
        "SELECT r.id FROM live_reminder r JOIN live_session s ON s.id = r.session_id "
        "WHERE r.state = 'planned' AND r.moment IN ('day','hour','soon') "
        "AND s.state <> 'confirmed'"
    ),
}
