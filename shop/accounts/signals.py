"""What accounts tell the features above, in the transaction and session of the change.

Receivers get ``(sender, *, db, person_id, now)`` and write only to the database; connect them with
``weak=False``.
"""

from typing import Final

from blinker import Signal

person_signed_in: Final = Signal("a person signed in, or made an account")
