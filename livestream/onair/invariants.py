"""What must always hold on air: each query returns no row."""

INVARIANTS = {
    "onair.presses_are_of_their_session": (
        "SELECT p.id FROM live_press p JOIN live_session_item i ON i.id = p.item_id "
        "WHERE i.session_id <> p.session_id"
    ),
    "onair.lines_are_of_their_session": (
        "SELECT l.id FROM live_order_draft_line l "
        "JOIN live_order_draft d ON d.id = l.draft_id "
        "JOIN live_session_item i ON i.id = l.item_id WHERE i.session_id <> d.session_id"
    ),
    "onair.drafts_are_of_their_comments_session": (
        "SELECT d.id FROM live_order_draft d JOIN live_comment c ON c.id = d.comment_id "
        "WHERE c.session_id <> d.session_id OR c.reading <> 'order'"
    ),
    "onair.placed_drafts_have_orders": (
        "SELECT d.id FROM live_order_draft d WHERE d.state = 'placed' AND NOT EXISTS "
        "(SELECT 1 FROM shop_order o WHERE o.group_id = d.group_id)"
    ),
}
