"""What accounts tell the features above, in the transaction and session of the change.

Receivers get ``(sender, *, db, person_id, now)`` (of ``erasing``: ``whom`` for ``person_id``, and
``files``) and write only to the database; connect them with ``weak=False``.
"""

from typing import Final

from blinker import Signal

person_signed_in: Final = Signal("a person signed in, or made an account")
erasing: Final = Signal("what is known of somebody is being erased")
"""A receiver empties what its feature keeps of ``whom`` (services.erasing.Whom) and adds the names
of stored files that go after the commit to the set ``files``; it raises a Conflict when something
is still open and needs the person."""
