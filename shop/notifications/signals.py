"""What notifications tells the features above, inside the transaction of its cause."""

from blinker import signal

call_recorded = signal("notifications.call_recorded")
"""Someone wrote down how a call went: ``db, task (CallTask), outcome, now, actor_id``."""
