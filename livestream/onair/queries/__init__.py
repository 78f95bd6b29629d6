"""Reading what is on air."""

from livestream.onair.queries.board import CueRow, Sale, View, board_of, view_of
from livestream.onair.queries.drafts import (
    DraftRow,
    channels_of,
    comments_read_as,
    count_open_drafts,
    draft_of,
    draft_rows,
    has_draft_of_author,
    session_of_draft,
)

__all__ = [
    "CueRow",
    "DraftRow",
    "Sale",
    "View",
    "board_of",
    "channels_of",
    "comments_read_as",
    "count_open_drafts",
    "draft_of",
    "draft_rows",
    "has_draft_of_author",
    "session_of_draft",
    "view_of",
]
