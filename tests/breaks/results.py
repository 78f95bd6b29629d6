"""What breaks each invariant of results: name -> statements; see tests/breaks."""

_STATEMENT = (
    "INSERT INTO live_settlement (id, session_id, state, owed_vnd, sent_vnd, paid_vnd) "
    "VALUES (1, 1, 'agreed', 100, {sent}, {paid})"
)
_LINE = "INSERT INTO live_settlement_line (id, settlement_id, owed_vnd) VALUES (1, 1, 100)"
_SESSION = "INSERT INTO live_session (id, state) VALUES (1, '{}')"
_ORDER = (
    "INSERT INTO live_result_line (id, session_id, item_id, source, row_key) "
    "VALUES ({id}, {id}, 1, 'order', 'order_line:1')"
)

BREAKS = {
    "results.owed_is_the_sum_of_lines": (_STATEMENT.format(sent=0, paid=0),),
    "results.paid_is_the_sum_of_received": (_STATEMENT.format(sent=0, paid=50), _LINE),
    "results.sent_is_the_sum_of_open_and_received": (_STATEMENT.format(sent=50, paid=0), _LINE),
    "results.closed_once_with_all_statements": (_SESSION.format("reconciled"),),
    "results.no_statement_before_closing": (
        _SESSION.format("ended"),
        _STATEMENT.format(sent=0, paid=0),
        _LINE,
    ),
    "results.not_more_brought_back_than_given": (
        "INSERT INTO live_goods_note (id, kind, state) VALUES (1, 'returned', 'signed')",
        "INSERT INTO live_goods_note_line (id, note_id, item_id, units) VALUES (1, 1, 1, 5)",
    ),
    "results.an_order_line_counts_once": (_ORDER.format(id=1), _ORDER.format(id=2)),
    "results.closing_released_what_was_set_aside": (
        _SESSION.format("reconciled"),
        "INSERT INTO live_session_item (id, session_id) VALUES (1, 1)",
        "INSERT INTO stock_reservation (id, owner_key, state) "
        "VALUES (99998, 'session_item:1', 'held')",
    ),
}
