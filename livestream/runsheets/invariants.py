"""What must always hold of run sheets and live prices: each query returns no row."""

from sqlalchemy import select

from livestream.runsheets.models import RunBlock
from livestream.sessions.models import SessionItem

INVARIANTS = {
    "runsheets.blocks_show_items_of_their_session": str(
        select(RunBlock.id)
        .join(SessionItem, SessionItem.id == RunBlock.item_id)
        .where(SessionItem.session_id != RunBlock.session_id)
    ),
    "runsheets.live_prices_end_with_the_session": (
        "SELECT w.id FROM price_window w JOIN live_session_item i "
        "ON w.owner_key = 'session_item:' || i.id JOIN live_session s ON s.id = i.session_id "
        "WHERE s.state = 'confirmed' AND NOT w.is_dropped AND w.ends_at > s.ends_at"
    ),
    "runsheets.live_prices_keep_their_floor": (
        "SELECT w.id FROM price_window w JOIN live_session_item i "
        "ON w.owner_key = 'session_item:' || i.id "
        "WHERE NOT w.is_dropped AND w.price_vnd < i.floor_price_vnd"
    ),
}
