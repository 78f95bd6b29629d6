"""What breaks each invariant of returns: name -> statements; see tests/breaks."""

BREAKS = {
    "returns.no_more_than_was_bought": (
        "INSERT INTO return_request (id, state) VALUES (1, 'asked')",
        "INSERT INTO return_line (id, return_id, order_line_id, quantity) VALUES (1, 1, {line}, 9)",
    ),
    "returns.lines_are_of_the_order": (
        "INSERT INTO return_request (id, order_id, producer_id) VALUES (1, {other}, 1)",
        "INSERT INTO return_line (id, return_id, order_line_id) VALUES (1, 1, {line})",
    ),
    "returns.has_lines": ("INSERT INTO return_request (id) VALUES (1)",),
    "returns.state_is_the_latest_step": ("INSERT INTO return_request (id) VALUES (1)",),
    "returns.what_came_back_is_in_the_ledger": (
        "INSERT INTO return_line (id, return_id, order_line_id, restocked, written_off)"
        " VALUES (1, 1, {line}, 2, 0)",
    ),
    "returns.what_came_back_is_counted_at_its_parcel": (
        "INSERT INTO return_line (id, return_id, order_line_id, restocked, written_off)"
        " VALUES (1, 1, {line}, 0, 1)",
    ),
    "returns.settled_has_its_refund": (
        "INSERT INTO return_request (id, order_id, state) VALUES (1, {order}, 'settled')",
    ),
}
