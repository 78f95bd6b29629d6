"""Verbs of stock. Nothing is ever taken by reading first and writing later.

Every verb locks the levels it needs in ascending order of variant id, and takes by one conditional
UPDATE with the CHECK of the table behind it. Lots are locked before levels, reservations and facets
after them. A verb that refuses leaves nothing behind (savepoint), so the caller may go on.
"""

from shop.stock.services.bulk import Move, lock_for_moves, move_many
from shop.stock.services.channels import keep_for_channel, sell_on_channel
from shop.stock.services.holding import commit, hold_again, release, reserve, reserve_first
from shop.stock.services.lots import block_lots, bring_back, leave_lot, put_lot_on_sale
from shop.stock.services.moving import adjust, count_stock, receive
from shop.stock.services.parts import lock_levels, publish_available
from shop.stock.services.prices import (
    drop_price_windows,
    give_back_live_price,
    lock_live_limits,
    lower_price_caps,
    set_price_window,
    take_live_price,
)
from shop.stock.services.takes import confirm_take, drop_take, open_take, save_counts

__all__ = [
    "Move",
    "adjust",
    "block_lots",
    "bring_back",
    "commit",
    "confirm_take",
    "count_stock",
    "drop_price_windows",
    "drop_take",
    "give_back_live_price",
    "hold_again",
    "keep_for_channel",
    "leave_lot",
    "lock_for_moves",
    "lock_levels",
    "lock_live_limits",
    "lower_price_caps",
    "move_many",
    "open_take",
    "publish_available",
    "put_lot_on_sale",
    "receive",
    "release",
    "reserve",
    "reserve_first",
    "save_counts",
    "sell_on_channel",
    "set_price_window",
    "take_live_price",
]
