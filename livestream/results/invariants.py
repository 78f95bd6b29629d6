"""What must always hold of results and settlements: each query returns no row."""

INVARIANTS = {
    "results.owed_is_the_sum_of_lines": (
        "SELECT s.id FROM live_settlement s WHERE s.owed_vnd <> (SELECT coalesce(sum(l.owed_vnd), "
        "0) FROM live_settlement_line l WHERE l.settlement_id = s.id)"
    ),
    "results.paid_is_the_sum_of_received": (
        "SELECT s.id FROM live_settlement s WHERE s.paid_vnd <> "
        "(SELECT coalesce(sum(amount_vnd), 0) FROM live_settlement_payment p "
        "WHERE p.settlement_id = s.id AND p.state = 'received')"
    ),
    "results.sent_is_the_sum_of_open_and_received": (
        "SELECT s.id FROM live_settlement s WHERE s.sent_vnd <> "
        "(SELECT coalesce(sum(amount_vnd), 0) FROM live_settlement_payment p "
        "WHERE p.settlement_id = s.id AND p.state <> 'refused')"
    ),
    "results.closed_once_with_all_statements": (
        "SELECT s.id FROM live_session s WHERE s.state = 'reconciled' AND NOT EXISTS "
        "(SELECT 1 FROM live_result r WHERE r.session_id = s.id AND r.closed_at IS NOT NULL)"
    ),
    "results.no_statement_before_closing": (
        "SELECT t.id FROM live_settlement t JOIN live_session s ON s.id = t.session_id "
        "WHERE s.state <> 'reconciled'"
    ),
    "results.not_more_brought_back_than_given": (
        "SELECT l.item_id FROM live_goods_note_line l JOIN live_goods_note n ON n.id = l.note_id "
        "WHERE n.state = 'signed' GROUP BY l.item_id "
        "HAVING sum(CASE WHEN n.kind = 'given' THEN l.units ELSE -l.units END) < 0"
    ),
    "results.an_order_line_counts_once": (
        "SELECT row_key FROM live_result_line WHERE source = 'order' "
        "GROUP BY row_key HAVING count(*) > 1"
    ),
    "results.closing_released_what_was_set_aside": (
        "SELECT r.id FROM stock_reservation r JOIN live_session_item i "
        "ON r.owner_key = 'session_item:' || i.id JOIN live_session s ON s.id = i.session_id "
        "WHERE r.state = 'held' AND s.state = 'reconciled'"
    ),
}
