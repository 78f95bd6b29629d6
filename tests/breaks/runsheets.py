"""What breaks each invariant of run sheets: name -> statements; see tests/breaks."""

_SESSION = "INSERT INTO live_session (id, state, ends_at) VALUES (1, 'confirmed', '2026-11-22')"
_ITEM = "INSERT INTO live_session_item (id, session_id, floor_price_vnd) VALUES (1, 1, {})"
_WINDOW = (
    "INSERT INTO price_window (id, owner_key, price_vnd, ends_at, is_dropped) "
    "VALUES (99999, 'session_item:1', {}, '2026-11-23', false)"
)

BREAKS = {
    "runsheets.blocks_show_items_of_their_session": (
        _ITEM.format(1000),
        "INSERT INTO live_run_block (id, session_id, item_id) VALUES (1, 2, 1)",
    ),
    "runsheets.live_prices_end_with_the_session": (
        _SESSION,
        _ITEM.format(1000),
        _WINDOW.format(2000),
    ),
    "runsheets.live_prices_keep_their_floor": (_ITEM.format(9000), _WINDOW.format(8999)),
}
