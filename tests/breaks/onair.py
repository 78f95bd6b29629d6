"""What breaks each invariant of on air: name -> statements; see tests/breaks."""

_ITEM = "INSERT INTO live_session_item (id, session_id) VALUES (1, 2)"
_DRAFT = (
    "INSERT INTO live_order_draft (id, session_id, comment_id, state, group_id) "
    "VALUES (1, 1, 1, '{}', {})"
)

BREAKS = {
    "onair.presses_are_of_their_session": (
        _ITEM,
        "INSERT INTO live_press (id, session_id, item_id) VALUES (1, 1, 1)",
    ),
    "onair.lines_are_of_their_session": (
        _ITEM,
        _DRAFT.format("open", "NULL"),
        "INSERT INTO live_order_draft_line (id, draft_id, item_id) VALUES (1, 1, 1)",
    ),
    "onair.drafts_are_of_their_comments_session": (
        "INSERT INTO live_comment (id, session_id, reading) VALUES (1, 2, 'order')",
        _DRAFT.format("open", "NULL"),
    ),
    "onair.placed_drafts_have_orders": (_DRAFT.format("placed", "99999"),),
}
