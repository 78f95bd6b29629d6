"""Values kept in memory for a short while."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

ValueT = TypeVar("ValueT")


class Memory:
    """Values kept for a while, the least used dropped first. Safe between threads."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float]) -> None:
        self._size, self._seconds, self._clock = size, seconds, clock
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._guard = threading.Lock()

    def peek(self, key: Hashable) -> Any:
        """What is kept under ``key``; None when nothing is, or when it is too old."""
        instant = self._clock()
        with self._guard:
            known = self._kept.get(key)
        return known[1] if known is not None and known[0] > instant else None

    def get(
        self, key: Hashable, make: Callable[[], ValueT], *, seconds: float | None = None
    ) -> ValueT:
        """What is kept under ``key``, made now when it is missing or too old.

        ``seconds``: how long it may be kept when not as long as the others.
        """
        instant = self._clock()
        with self._guard:
            known = self._kept.get(key)
            if known is not None and known[0] > instant:
                self._kept.move_to_end(key)
                return cast(ValueT, known[1])
        value = make()
        with self._guard:
            self._kept[key] = (instant + (seconds or self._seconds), value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value
