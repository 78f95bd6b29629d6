"""Plugs: one file dropped into one folder, found by listing the folder."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

PlugT = TypeVar("PlugT")


class PlugFault(Exception):
    """A plug that cannot be used; raised at start, never while serving."""


def load(package: ModuleType, attribute: str, kind: type[PlugT]) -> dict[str, PlugT]:
    """Every ``attribute`` of the modules of ``package``, by its ``slug``, in slug order.

    Raises PlugFault when a module lacks the attribute, it is of another type, or two share a slug.
    """
    found: dict[str, PlugT] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        plug = getattr(module, attribute, None)
        if not isinstance(plug, kind):
            raise PlugFault(f"{module.__name__} must define {attribute}: {kind.__name__}")
        slug: str = plug.slug  # type: ignore[attr-defined]
        if slug in found:
            raise PlugFault(f"two plugs of {package.__name__} are called {slug!r}")
        found[slug] = plug
    return dict(sorted(found.items()))
