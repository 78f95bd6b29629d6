"""What sessions tell the features above, inside the transaction of its cause."""

from blinker import signal

schedule_changed = signal("sessions.schedule_changed")
"""A session's time, place or state changed: ``db, live (LiveSession), now``. ``schedule_seq`` has
risen already."""
