"""Verbs of pre-orders.

Whoever changes a window with its orders locks in one order: the orders, stock levels, the window,
then orders that came in between (skipping those someone else is changing; the job
``preorders.settle`` comes back for them). Whoever ends an order holds it before giving its place
back. So nobody waits in a circle.
"""

from shop.preorders.services.answering import keep_place
from shop.preorders.services.following import connect_signals, follow_confirmed, give_place_back
from shop.preorders.services.placing import PlaceRequest, place_preorder, quote
from shop.preorders.services.planning import (
    HarvestPlan,
    WindowPlan,
    change_harvest,
    change_window,
    open_season,
    open_window,
    plan_harvest,
)
from shop.preorders.services.turning import (
    bring_in,
    cancel_window,
    move_window,
    settle_window,
)

__all__ = [
    "HarvestPlan",
    "PlaceRequest",
    "WindowPlan",
    "bring_in",
    "cancel_window",
    "change_harvest",
    "change_window",
    "connect_signals",
    "follow_confirmed",
    "give_place_back",
    "keep_place",
    "move_window",
    "open_season",
    "open_window",
    "place_preorder",
    "plan_harvest",
    "quote",
    "settle_window",
]
