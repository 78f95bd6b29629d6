"""What traceability tells features above it, in the transaction of the change.

Receivers get ``(sender, *, db, lot, now, actor_id)`` (``lots``, where several go together) and
write only to the database; ``lot_reduced`` also tells ``units`` (negative: given back), ``reason``
(event kind) and ``key``.
"""

from typing import Final

from blinker import Signal

lot_released: Final = Signal("a lot may be sold from now on")
lot_held: Final = Signal("a lot must not be sold until released again")
lot_closed: Final = Signal("a lot is over: nothing of it is left to sell")
lot_reduced: Final = Signal("units of a lot that was on sale are gone, but not by an order")
lots_recalled: Final = Signal("these lots are called back: nothing of them is sold any more")
