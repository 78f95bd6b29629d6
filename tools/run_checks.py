"""The stages of ``make check`` (quick) and ``make test`` (full), each with its time.

The full run installs what the tests need from Debian when it is root: PostgreSQL's binaries,
chromium, poppler. It ends with pytest's closing line and pytest's exit code.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from install import apt_install

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

LINT = [
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [BIN / "ruff", "check", "--quiet", "."]),
    ("types", [BIN / "mypy"]),
    ("imports", [BIN / "lint-imports", "--no-cache"]),
    ("templates", [BIN / "djlint", "--lint", "--quiet", "shop/templates", "livestream/templates"]),
    ("translations", [BIN / "python", "tools/translations.py", "check"]),
]
DEBIAN = {"postgresql": "psql", "chromium": "chromium", "poppler-utils": "pdftoppm"}


def stage(name: str, command: list[object]) -> int:
    """Run one stage, tell its time, return its exit code."""
    print(f"--- {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    print(f"    {name}: {time.monotonic() - started:.0f} s{' FAILED' if code else ''}", flush=True)
    return code


def main(kind: str) -> int:
    """Run the stages of ``kind``; the first failing stage ends the run."""
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    if kind == "full":
        apt_install(DEBIAN)
    for name, command in LINT:
        if stage(name, command):
            return 1
    pytest = [BIN / "pytest", "-n", "2", "--dist", "loadgroup"]
    if kind == "quick":
        return stage("tests", [*pytest, "--engines", "sqlite", "-m", "not slow and not browser"])
    if stage("story", [BIN / "python", "-m", "tests.story"]):
        return 1
    return stage("tests", [*pytest, "--durations", "10"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
