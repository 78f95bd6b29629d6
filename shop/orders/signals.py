"""What orders tell the features above, in the transaction and session of the change.

Receivers get ``(sender, *, db, order, now)`` and write only to the database; connect them with
``weak=False``. ``parcel_sent`` also brings the ``parcel``.
"""

from typing import Final

from blinker import Signal

order_placed: Final = Signal("a buyer placed an order")
order_confirmed: Final = Signal("the producer confirmed it, or its money arrived")
order_paid: Final = Signal("the whole amount has arrived")
order_packed: Final = Signal("its goods left the shelf")
parcel_sent: Final = Signal("a parcel of it is with a carrier")
order_cut: Final = Signal("the rest of it will not be sent; less money is due")
order_erased: Final = Signal("what says who its buyer is goes; receivers also get ``files``")
order_cancelled: Final = Signal("it was called off; money that came must go back")
order_expired: Final = Signal("nobody paid or confirmed in time")
order_reinstated: Final = Signal("late money brought an expired order back")
order_delivered: Final = Signal("the buyer has the parcel")
