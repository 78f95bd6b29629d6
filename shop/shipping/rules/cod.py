"""How much money each parcel of an order collects on delivery, as explained in
docs/algorithms/cod-shares.md.

The order's total is spread over its parcels by the value of their goods, in the order in which they
were packed, and rounded so that the running sum is right: a parcel's share never changes when a
later one is packed, and all shares together are the total to the last đồng. What a carrier was told
when it took a parcel stays: what changes afterwards is settled with the parcels still in the house.
"""

from collections.abc import Sequence
from dataclasses import dataclass


def after_money(shares: Sequence[int], paid_vnd: int) -> list[int]:
    """What is left to collect with each parcel when ``paid_vnd`` is there: the first parcels are
    paid first.
    """
    left = []
    for share in shares:
        used = min(share, max(0, paid_vnd))
        left.append(share - used)
        paid_vnd -= used
    return left


@dataclass(frozen=True)
class Share:
    """A parcel's part of the total, and what its carrier was told to collect, in đồng."""

    share_vnd: int
    told_vnd: int | None = None
    """None: it is still in the house."""


def collected_by(parcels: Sequence[Share], *, paid_vnd: int, came_vnd: int = 0) -> list[int]:
    """What each parcel collects in all: as its carrier was told, else what is left of its share.

    ``paid_vnd``: what need not be collected (deposits, transfers, granted refunds), ``came_vnd``:
    what came on delivery. Where more came than carriers were told (money taken by hand), it pays
    parcels in the house; where carriers were told less than is due now, those collect it.
    """
    promised = sum(one.told_vnd for one in parcels if one.told_vnd is not None)
    gone = sum(one.share_vnd for one in parcels if one.told_vnd is not None)
    spare = paid_vnd + max(came_vnd, promised) - gone
    asked = [one.share_vnd for one in parcels if one.told_vnd is None]
    if asked and spare < 0:
        asked[0] -= spare
    left = iter(after_money(asked, spare))
    return [next(left) if one.told_vnd is None else one.told_vnd for one in parcels]


def still_to_collect(parcels: Sequence[Share], *, paid_vnd: int, came_vnd: int) -> list[int]:
    """What each parcel has yet to collect: money that came on delivery paid the first that left."""
    told = after_money([one.told_vnd or 0 for one in parcels], came_vnd)
    whole = collected_by(parcels, paid_vnd=paid_vnd, came_vnd=came_vnd)
    return [
        asked if one.told_vnd is None else left
        for one, asked, left in zip(parcels, whole, told, strict=True)
    ]
