"""What stock tells the features above, in the transaction and session of the change.

Receivers get ``(sender, *, db, variant_ids, now)`` and write only to the database; connect them
with ``weak=False``.
"""

from typing import Final

from blinker import Signal

stock_came_in: Final = Signal("units of these variants can be bought that could not be before")
