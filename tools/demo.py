"""``make demo``: an SQLite file under instance/, the real OCOP data, web server and scheduler.

Run again it keeps the data; ``--fresh`` starts over. Ctrl-C stops both processes.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
FOLDER = ROOT / "instance" / "demo"

ACCOUNTS = """
Tài khoản (mật khẩu: chophien-demo)
  producer@demo.test    người sản xuất        {url}/ban-hang
  producer2@demo.test   người sản xuất khác   {url}/ban-hang
  club@demo.test        quản lý câu lạc bộ    {url}/clb
  club2@demo.test       câu lạc bộ khác       {url}/clb
  host@demo.test        người dẫn phiên live  {url}/clb
  staff@demo.test       cán bộ Đoàn           {url}/can-bo
  staff2@demo.test      cán bộ tỉnh khác      {url}/can-bo
  admin@demo.test       quản trị              {url}/can-bo
  buyer@demo.test       người mua             {url}/tai-khoan

Xem trước / look first:
  {url}/                        trang chủ · home ({url}/en/)
  {url}/san-pham?q=mien+dong    tìm không dấu · search without accents
  {url}/phien-live              lịch phiên live · livestream schedule

Tin nhắn gửi đi / outgoing messages: {log}
"""


def environment(port: int) -> dict[str, str]:
    """What both processes run with."""
    return {
        **os.environ,
        "APP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{FOLDER / 'cho-phien.db'}",
        "MEDIA_DIR": str(FOLDER / "media"),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TRUSTED_HOSTS": f"127.0.0.1:{port},localhost:{port}",
        "LOG_FORMAT": "console",
    }


def wait_for(url: str, server: "subprocess.Popen[bytes]", seconds: float = 180) -> None:
    """Wait until the server answers; stop with an error when it does not or has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:  # refused, reset or still importing
            time.sleep(0.2)
    sys.exit(f"the server at {url} does not answer")


def main() -> int:
    """Set up, start both, wait for Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    if options.fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    env, flask = environment(options.port), [str(BIN / "flask"), "--app", "wsgi"]
    for command in (["db", "upgrade"], ["demo", "load"]):
        if subprocess.run([*flask, *command], cwd=ROOT, env=env, check=False).returncode:
            return 1
    bind = f"127.0.0.1:{options.port}"
    gunicorn = [str(BIN / "gunicorn"), "wsgi:app", "-b", bind, "-w", "2", "--threads", "4"]
    log = (FOLDER / "scheduler.log").open("ab")
    processes = [
        subprocess.Popen([*gunicorn, "--log-level", "warning"], cwd=ROOT, env=env),
        subprocess.Popen([*flask, "jobs", "run"], cwd=ROOT, env=env, stdout=log, stderr=log),
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        wait_for(f"http://{bind}", processes[0])
        print(ACCOUNTS.format(url=f"http://{bind}", log=log.name), flush=True)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        print("one of the two processes ended", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)
        log.close()


if __name__ == "__main__":
    sys.exit(main())
