"""The negative control of every invariant: per feature, statements that break it.

They run in the world of ``tests/shop/test_invariants.py`` on temporary copies of the tables they
name, which carry no constraint and no trigger, so that rows need only what the query reads. Names
in braces are ids of that world.
"""

import importlib
import pkgutil

BREAKS: dict[str, tuple[str, ...]] = {}

for _info in pkgutil.iter_modules(__path__):
    BREAKS |= importlib.import_module(f"{__name__}.{_info.name}").BREAKS
