"""What breaks each invariant of sessions: name -> statements; see tests/breaks."""

_SESSION = "INSERT INTO live_session (id, state, schedule_seq) VALUES (1, '{}', 9)"
_HOLD = (
    "INSERT INTO live_resource_hold (id, session_id, resource_id, is_active, hold_start, hold_end) "
    "VALUES ({}, 1, 1, true, 10, {})"
)
_ITEM = (
    "INSERT INTO live_session_item (id, session_id, product_id, consent) "
    "VALUES (1, 1, {product}, 'asked')"
)

BREAKS = {
    "sessions.no_overlap": (_HOLD.format(1, 12), _HOLD.format(2, 11)),
    "sessions.holding_ones_hold_all": (_SESSION.format("proposed"),),
    "sessions.others_hold_nothing": (_SESSION.format("draft"), _HOLD.format(1, 12)),
    "sessions.hold_covers_session": (_HOLD.format(1, 9),),
    "sessions.nothing_set_aside_after": (
        _SESSION.format("ended"),
        _ITEM,
        "INSERT INTO stock_reservation (id, owner_key, state) "
        "VALUES (99999, 'session_item:1', 'held')",
    ),
    "sessions.confirmed_by_another": (
        "INSERT INTO live_session (id, proposed_by, confirmed_by) VALUES (1, 5, 5)",
    ),
    "sessions.all_agreed_when_firm": (_SESSION.format("confirmed"), _ITEM),
    "sessions.each_state_has_its_event": (_SESSION.format("ended"),),
    "sessions.sequence_counts_changes": (
        "INSERT INTO live_session (id, state, schedule_seq) VALUES (1, 'draft', 0)",
        "INSERT INTO live_session_event (id, session_id, kind) VALUES (1, 1, 'proposed')",
    ),
    "sessions.withdrawn_products_are_off": (
        _SESSION.format("live"),
        _ITEM,
        "UPDATE product SET state = 'archived'",
    ),
}
