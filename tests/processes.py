"""Real processes that begin in the same moment, however long each takes to start."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def begin() -> None:
    """In a process of ``run_together``, once it is set up: say so, and wait for the others.

    A control calls it in the middle of its act, where a guard would keep the others out.
    """
    print("ready", flush=True)
    sys.stdin.readline()


def run_together(*commands: Sequence[str], seconds: float = 180) -> list[str]:
    """Run Python once with each command's arguments; let all go on from ``begin`` when the last is
    there. What each printed after that, in order.

    Fails when one ends before it was ready, with an exit code, or not within ``seconds``.
    """
    children = [
        subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        said = [child.communicate(timeout=seconds)[0].strip() for child in children]
    finally:
        for child in children:
            child.kill()
    assert {child.returncode for child in children} == {0}, said
    return said
