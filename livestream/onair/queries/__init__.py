"""Reading what is on air."""

from livestream.onair.queries.board import CueRow, Sale, View, board_of, view_of
from livestream.onair.queries.drafts import count_open_drafts

__all__ = ["CueRow", "Sale", "View", "board_of", "count_open_drafts", "view_of"]
