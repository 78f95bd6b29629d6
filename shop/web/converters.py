"""Addresses: no number that the database could not hold ever reaches a view, and what makes an
address out of a rule is only made for the rules that are asked for one."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import IntegerConverter, Map, Rule

from shop.core.db import MAX_ID


class RowIdConverter(IntegerConverter):
    """``<int:...>`` up to MAX_ID in plain digits; all else is an address that does not exist."""

    regex = "[0-9]+"

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: A002 - werkzeug's name
        kwargs.setdefault("max", MAX_ID)
        super().__init__(map, *args, **kwargs)


class LateRule(Rule):
    """A rule whose builder is compiled at the first address made with it.

    Werkzeug compiles two builders a rule when it is added: with our several hundred rules that was
    most of an application's start, for commands and tests that build a handful of addresses.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, *args: Any, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, *args, **values)

        return build
