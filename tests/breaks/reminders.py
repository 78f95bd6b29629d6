"""What breaks each invariant of reminders: name -> statements; see tests/breaks."""

_REMINDER = (
    "INSERT INTO live_reminder (id, session_id, schedule_seq, moment, state) "
    "VALUES (1, 1, {}, '{}', 'planned')"
)

BREAKS = {
    "reminders.planned_for_the_present_schedule": (
        "INSERT INTO live_session (id, state, schedule_seq) VALUES (1, 'confirmed', 3)",
        _REMINDER.format(2, "day"),
    ),
    "reminders.offsets_only_of_confirmed": (
        "INSERT INTO live_session (id, state, schedule_seq) VALUES (1, 'cancelled', 3)",
        _REMINDER.format(3, "soon"),
    ),
}
