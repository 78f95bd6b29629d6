"""Verbs of stock. Nothing is ever taken by reading first and writing later.

Every verb locks the levels it needs in ascending order of variant id, and takes by one conditional
UPDATE with the CHECK of the table behind it. Lots are locked before levels, reservations and facets
after them. A verb that refuses leaves nothing behind (savepoint), so the caller may go on.
"""

from shop.stock.services.bulk import Move, lock_for_moves, move_many
from shop.stock.services.holding import commit, hold_again, release, reserve
from shop.stock.services.lots import block_lots, bring_back, leave_lot, put_lot_on_sale
from shop.stock.services.moving import adjust, count_stock, receive
from shop.stock.services.parts import lock_levels, publish_available
from shop.stock.services.prices import (
    drop_price_windows,
    give_back_live_price,
    lower_price_caps,
    set_price_window,
    take_live_price,
)

__all__ = [
    "Move",
    "adjust",
    "block_lots",
    "bring_back",
    "commit",
    "count_stock",
    "drop_price_windows",
    "give_back_live_price",
    "hold_again",
    "leave_lot",
    "lock_for_moves",
    "lock_levels",
    "lower_price_caps",
    "move_many",
    "publish_available",
    "put_lot_on_sale",
    "receive",
    "release",
    "reserve",
    "set_price_window",
    "take_live_price",
]
