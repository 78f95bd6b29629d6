"""Verbs of orders. Every change locks the order, checks the state table, writes the timeline."""

from shop.orders.services.batches import Outcome, pack_orders, ship_orders
from shop.orders.services.calls import record_call, remind_of_call
from shop.orders.services.cutting import CannotCut, cut_rest
from shop.orders.services.life import (
    cancel_order,
    complete,
    confirm_order,
    expire_order,
    expire_orders,
    money_changed,
    receive_goods,
)
from shop.orders.services.packing import pack_order, propose_picks, unpack
from shop.orders.services.parcels import (
    deliver,
    fail_delivery,
    send_again,
    ship,
    take_back,
    take_back_goods,
    turn_back,
)
from shop.orders.services.parts import notify_buyer, notify_producer, tell
from shop.orders.services.paying import change_way_to_pay
from shop.orders.services.placing import create_order, open_group, place_orders
from shop.orders.services.receiving import confirm_arrival

__all__ = [
    "CannotCut",
    "Outcome",
    "cancel_order",
    "change_way_to_pay",
    "complete",
    "confirm_arrival",
    "confirm_order",
    "create_order",
    "cut_rest",
    "deliver",
    "expire_order",
    "expire_orders",
    "fail_delivery",
    "money_changed",
    "notify_buyer",
    "notify_producer",
    "open_group",
    "pack_order",
    "pack_orders",
    "place_orders",
    "propose_picks",
    "receive_goods",
    "record_call",
    "remind_of_call",
    "send_again",
    "ship",
    "ship_orders",
    "take_back",
    "take_back_goods",
    "tell",
    "turn_back",
    "unpack",
]
