"""A market that trades at random, for hypothesis: every verb of goods and money, in any order.

Each example runs in one transaction that is rolled back, each step in a savepoint of its own; a
refused step (a DomainError) leaves nothing behind. After every step all invariants hold, orders
moved only along their table, timelines only grew and what was agreed never changed.
"""

from tests.shop.trading.buying import Buying
from tests.shop.trading.claims import Claims
from tests.shop.trading.goods import Goods
from tests.shop.trading.market import Market, build_market
from tests.shop.trading.promises import Promises

__all__ = ["Market", "Trading", "build_market"]


class Trading(Buying, Goods, Promises, Claims):
    """One example: a morning (or a month) at the market."""
