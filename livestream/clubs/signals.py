"""What clubs tell the features above, inside the transaction of its cause."""

from blinker import signal

availability_changed = signal("clubs.availability_changed")
"""When a host, channel, studio or kit can be booked has changed: ``db, resource_id, actor_id,
now``. The new hours are in the database already."""

host_leaves = signal("clubs.host_leaves")
"""A host is about to leave a club: ``db, resource_id, club_id, now``. A receiver refuses with a
Conflict while the club still counts on them."""
