"""Money is whole đồng in ``int``. Dividing it never loses or invents one."""

from collections.abc import Sequence

MAX_VND = 10_000_000_000
"""Ten billion đồng: no price, order or transfer of this shop is larger."""


def format_vnd(amount: int) -> str:
    """``125000`` as ``125.000 ₫`` (CLDR vi: dot groups, no-break space before the sign)."""
    return f"{amount:,}".replace(",", ".") + "\u00a0₫"


def distribute(total_vnd: int, weights: Sequence[int]) -> list[int]:
    """Split ``total_vnd`` in proportion to ``weights``, to the last đồng.

    Largest remainder: each share is the floor or the ceiling of its exact part; left-over đồng go
    to the largest remainders, earlier ones first. The sum is exactly ``total_vnd``. No share
    exceeds its weight when ``total_vnd <= sum(weights)``.

    Raises ValueError when a weight or the total is negative, or all weights are zero while the
    total is not.
    """
    if total_vnd < 0 or any(weight < 0 for weight in weights):
        raise ValueError("amounts and weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        if total_vnd:
            raise ValueError("cannot split an amount over zero weights")
        return [0] * len(weights)
    shares = [total_vnd * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total_vnd * weights[i] % whole), i))
    for index in by_remainder[: total_vnd - sum(shares)]:
        shares[index] += 1
    return shares
