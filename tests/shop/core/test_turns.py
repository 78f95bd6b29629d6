"""The line of processes that want to write one SQLite file. Each object stands for a process."""

import time
from pathlib import Path

from shop.core.turns import ProcessTurns


def test_one_at_a_time_and_no_longer_than_asked(tmp_path: Path) -> None:
    first, second = (ProcessTurns(tmp_path / "shop.db") for _ in range(2))
    assert first.acquire(0)
    began = time.monotonic()
    assert not second.acquire(0.05)
    assert not second.acquire(0), "who does not wait is told at once"
    assert time.monotonic() - began < 2
    first.release()
    assert second.acquire(0)
    second.release()
    second.release()
    assert first.acquire(0), "giving back twice is giving back once"
    first.release()


def test_a_waiting_one_leaves_the_line_when_it_gives_up(tmp_path: Path) -> None:
    holder, tired, third = (ProcessTurns(tmp_path / "shop.db") for _ in range(3))
    assert holder.acquire(0)
    assert not tired.acquire(0.02)
    holder.release()
    assert third.acquire(0)
    third.release()
