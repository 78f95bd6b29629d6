"""How much money each parcel of an order collects on delivery.

The order's total is spread over its parcels by the value of their goods, in the order in which they
were packed, and rounded so that the running sum is right: a parcel's share never changes when a
later one is packed, and all shares together are the total to the last đồng.
"""

from collections.abc import Sequence


def spread_over_parcels(total_vnd: int, values: Sequence[int], rest: int = 0) -> list[int]:
    """The share of each parcel. ``values``: goods' value by parcel, ``rest``: of what is not packed
    yet; all in đồng. Goods without a value are spread evenly.
    """
    whole = sum(values) + rest
    if whole == 0:
        values, whole = [1] * len(values), len(values)
    shares, reached, before = [], 0, 0
    for value in values:
        reached += value
        upto = total_vnd * reached // whole
        shares.append(upto - before)
        before = upto
    return shares


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
