"""What traceability tells features above it, in the transaction of the change.

Receivers get ``(sender, *, db, lot, now, actor_id)`` and write only to the database.
"""

from typing import Final

from blinker import Signal

lot_released: Final = Signal("a lot may be sold from now on")
lot_held: Final = Signal("a lot must not be sold until released again")
lot_closed: Final = Signal("a lot is over: nothing of it is left to sell")
