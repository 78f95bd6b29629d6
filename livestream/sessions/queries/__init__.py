"""Reading sessions; each reader needs a fixed number of statements."""

from livestream.sessions.queries.feeds import feed_rows
from livestream.sessions.queries.finding import Slot, find_slots, free_slots, offers_for
from livestream.sessions.queries.items import (
    COMING,
    ItemRow,
    consents_for,
    count_consents,
    find_variants,
    item_rows,
    items_showing,
    shows_goods_of,
)
from livestream.sessions.queries.lists import (
    coming_of,
    count_of_clubs,
    count_queue,
    count_rows,
    on_air_of,
    public_sessions,
    queue,
    schedule_choices,
    sessions_of_clubs,
    sessions_of_producer,
)
from livestream.sessions.queries.plans import (
    busy_around,
    load_plan,
    owner_key,
    span_text,
)
from livestream.sessions.queries.rows import (
    WAS_PUBLIC,
    SessionRow,
    get_session,
    public_session,
    session_rows,
)
from livestream.sessions.queries.story import (
    events_of,
    overrides_of,
    proposer_of,
    resource_names,
)

__all__ = [
    "COMING",
    "WAS_PUBLIC",
    "ItemRow",
    "SessionRow",
    "Slot",
    "busy_around",
    "coming_of",
    "consents_for",
    "count_consents",
    "count_of_clubs",
    "count_queue",
    "count_rows",
    "events_of",
    "feed_rows",
    "find_slots",
    "find_variants",
    "free_slots",
    "get_session",
    "item_rows",
    "items_showing",
    "load_plan",
    "offers_for",
    "on_air_of",
    "overrides_of",
    "owner_key",
    "proposer_of",
    "public_session",
    "public_sessions",
    "queue",
    "resource_names",
    "schedule_choices",
    "session_rows",
    "sessions_of_clubs",
    "sessions_of_producer",
    "shows_goods_of",
    "span_text",
]
