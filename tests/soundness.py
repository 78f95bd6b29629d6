"""Every invariant of every feature: what ``flask doctor`` checks, for tests.

The ``database`` fixture asks it after each test in which
several threads or processes wrote, except negative controls (marker ``control``).
"""

import importlib
import pkgutil
from functools import cache

import livestream
import shop
from shop.cli import broken_invariants
from shop.core.db import Database


@cache
def invariants() -> dict[str, str]:
    """Name -> query, found as an application finds them: by folder."""
    found: dict[str, str] = {}
    for package in (shop, livestream):
        for info in pkgutil.iter_modules(package.__path__):
            name = f"{package.__name__}.{info.name}"
            if info.ispkg and importlib.util.find_spec(f"{name}.invariants"):
                holding = importlib.import_module(f"{name}.invariants").INVARIANTS
                assert not found.keys() & holding.keys(), "two invariants with one name"
                found |= holding
    return found


def assert_sound(database: Database) -> None:
    """Raises AssertionError that names what does not hold."""
    with database.read() as db:
        found = broken_invariants(db, invariants())
    if found:
        raise AssertionError(f"does not hold: {found}")
