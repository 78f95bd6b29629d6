"""Turns of writers in several processes on one SQLite file.

SQLite's own waiting is a poll with growing pauses: whoever writes in a loop takes the lock again
before those who wait look for it, and with eight writing processes some waited nine seconds while
the usual wait was a tenth of one (measured). So a writer stands in line first: it takes the queue
file, then the turn file, and gives the queue back. One alone waits for the turn, and who had it
last must queue anew.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

_PAUSE: Final = 0.0003
"""Seconds between two looks at a lock: less than a short write takes, so that its end is not slept
through (1 ms cost two saturated workers a fifth more CPU and time)."""


class ProcessTurns:
    """The line of one database file. Used by one thread of a process at a time."""

    def __init__(self, database: Path) -> None:
        self._queue = f"{database}-queue"
        self._turn = f"{database}-turn"
        self._held: int | None = None

    def acquire(self, timeout: float) -> bool:
        """Wait for the turn; False when it did not come within ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        queue = _lock(self._queue, deadline)
        if queue is None:
            return False
        try:
            self._held = _lock(self._turn, deadline)
        finally:
            _unlock(queue)
        return self._held is not None

    def release(self) -> None:
        """Let the next one write."""
        if self._held is not None:
            _unlock(self._held)
            self._held = None


def _lock(path: str, deadline: float) -> int | None:
    """An open, locked file; None when others held it until the deadline.

    Opened anew each time: a lock belongs to the open file, which forked children would share.
    """
    found = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    while True:
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(found)
                return None
            time.sleep(_PAUSE)
        except BaseException:
            os.close(found)
            raise
        else:
            return found


def _unlock(held: int) -> None:
    fcntl.flock(held, fcntl.LOCK_UN)
    os.close(held)
