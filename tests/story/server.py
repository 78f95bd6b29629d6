"""The story's own server: gunicorn and the scheduler on a throw-away database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running application: its address, its environment, its commands."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.environment = {
            **os.environ,
            "APP_ENV": "development",
            "DATABASE_URL": database_url,
            "MEDIA_DIR": str(folder / "media"),
            "PUBLIC_URL": self.url,
            "LOG_FORMAT": "console",
            "PYTHONWARNINGS": "ignore",
            **settings,
        }

    def flask(self, *command: str) -> str:
        """Run a ``flask --app wsgi`` command and return what it printed. Raises on failure."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"flask {' '.join(command)}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """Serve with gunicorn and keep the clock with the scheduler until the block ends."""
        log = (self.folder / "server.log").open("ab")
        python = [sys.executable, "-m"]
        address = f"127.0.0.1:{self.port}"
        commands = (
            [*python, "gunicorn", "wsgi:app", "-b", address, "-w", "2", "--threads", "4"],
            [*python, "flask", "--app", "wsgi", "jobs", "run"],
        )
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
            for command in commands
        ]
        try:
            self._wait(processes[0])
            yield self
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=30)
            log.close()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if requests.get(f"{self.url}/readyz", timeout=2).ok:
                    return
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.1)
        raise AssertionError(f"no server:\n{(self.folder / 'server.log').read_text()[-3000:]}")
