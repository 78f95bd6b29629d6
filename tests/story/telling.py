"""Tells each step and what it checked; the first failure ends the story."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Story:
    """Prints steps and checks, counts them."""

    def __init__(self) -> None:
        self.checks = 0
        self.began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A step with its time."""
        started = time.monotonic()
        print(f"\n▸ {title}", flush=True)
        yield
        print(f"  ({time.monotonic() - started:.1f} s)", flush=True)

    def check(self, words: str, truth: object, seen: object = "") -> None:
        """Say what was checked. Raises AssertionError with what was seen when it does not hold."""
        if not truth:
            raise AssertionError(f"{words}: NO. Seen: {seen!r}")
        self.checks += 1
        print(f"  ✓ {words}", flush=True)

    def same(self, words: str, found: object, wanted: object) -> None:
        """Check that two values are equal, showing the value."""
        if found != wanted:
            raise AssertionError(f"{words}: found {found!r}, wanted {wanted!r}")
        self.checks += 1
        print(f"  ✓ {words}: {found}", flush=True)
