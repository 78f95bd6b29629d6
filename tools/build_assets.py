"""Copy the front-end files the pages need out of node_modules into shop/static/vendor/.

Third-party code is installed by ``npm ci --ignore-scripts`` and never committed; the vendor
folder is git-ignored. Running this again copies only what changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "shop" / "static" / "vendor"

_FONT = "@fontsource/be-vietnam-pro"
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    f"{_FONT}/files/be-vietnam-pro-latin-700-normal.woff2": "be-vietnam-pro-latin-700.woff2",
    f"{_FONT}/files/be-vietnam-pro-vietnamese-700-normal.woff2": (
        "be-vietnam-pro-vietnamese-700.woff2"
    ),
    f"{_FONT}/LICENSE": "be-vietnam-pro.LICENSE.txt",
}


def build(modules: Path = MODULES, vendor: Path = VENDOR) -> list[str]:
    """Copy every file of COPIES; return the names that were written.

    Raises FileNotFoundError, naming the command to run, when a package is not installed.
    """
    missing = [source for source in COPIES if not (modules / source).is_file()]
    if missing:
        raise FileNotFoundError(
            f"not installed: {', '.join(missing)}. Run: npm ci --ignore-scripts"
        )
    vendor.mkdir(parents=True, exist_ok=True)
    written = []
    for source, name in COPIES.items():
        content = (modules / source).read_bytes()
        target = vendor / name
        if not target.is_file() or target.read_bytes() != content:
            target.write_bytes(content)
            written.append(name)
    return written


def main() -> int:
    """Entry point: exit code 1 and one plain line when packages are missing."""
    try:
        written = build()
    except FileNotFoundError as error:
        print(f"build_assets: {error}", file=sys.stderr)
        return 1
    print(f"build_assets: {len(written)} written, {len(COPIES) - len(written)} unchanged")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
