"""What breaks each invariant of wholesale: name -> statements; see tests/breaks."""

_QUOTE = "INSERT INTO quote (id, enquiry_id, state, code, order_id) VALUES ({}, 1, '{}', 'Q', {})"

BREAKS = {
    "wholesale.accepted_has_exactly_one_order": (_QUOTE.format(1, "accepted", "NULL"),),
    "wholesale.order_has_the_quoted_prices": (_QUOTE.format(1, "accepted", "{order}"),),
    "wholesale.one_open_quote_an_enquiry": (
        _QUOTE.format(1, "offered", "NULL"),
        _QUOTE.format(2, "offered", "NULL"),
    ),
    "wholesale.request_is_an_enquiry_of_its_kind": (
        "INSERT INTO enquiry (id, kind) VALUES (1, 'wholesale')",
    ),
    "wholesale.quotes_own_goods": (
        _QUOTE.format(1, "offered", "NULL"),
        "INSERT INTO enquiry (id, producer_id) VALUES (1, 9999)",
        "INSERT INTO quote_tier (id, quote_id, variant_id) VALUES (1, 1, {variant})",
    ),
}
