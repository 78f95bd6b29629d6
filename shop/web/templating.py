"""How templates are kept: one plain dictionary of globals, shared by all of them, and parts that
are the same on every page, drawn once."""

from collections.abc import MutableMapping
from typing import Any, Final

from flask import Flask
from flask.templating import Environment
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape


class HouseEnvironment(Environment):
    """Flask's environment without Jinja's chained globals.

    At each ``{% from … import … %}`` Jinja compares the names of two sets of globals; over its
    chained mapping that walk took a fifth of a page's drawing time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own globals unless a template brings some of its own."""
        return super().make_globals(d) if d else self.globals


_HOLES: Final = {"search_text": "\0search\0", "switch_url": "\0switch\0"}
"""What of a kept part differs from page to page, and what stands in its place meanwhile; no text of
ours or of people's holds a NUL."""

_KEY: Final = ("language", "nav", "basket_count", "wish_count")
_MOST_PARTS: Final = 500


def init_app(app: Flask) -> None:
    """Give templates ``kept_part(name)``: a template drawn once for visitors without a sign-in.

    It may depend on the language, ``nav``, the counts beside basket and wish list, and, as plain
    text, on what ``_HOLES`` names. For signed-in people it is drawn each time.
    """
    kept: dict[tuple[Any, ...], str] = {}
    env = app.jinja_env

    @pass_context
    def kept_part(context: Context, name: str) -> Markup:
        known = context.get_all()
        is_signed_in = getattr(known.get("actor"), "is_signed_in", False)
        if is_signed_in or env.auto_reload:
            return Markup(env.get_template(name).render(known))  # noqa: S704 - our own template
        values = {hole: known.get(hole) for hole in _HOLES}
        key = (name, *(known.get(one) for one in _KEY), *map(bool, values.values()))
        drawn = kept.get(key)
        if drawn is None:
            stand_ins = {hole: mark for hole, mark in _HOLES.items() if values[hole]}
            drawn = env.get_template(name).render({**known, **stand_ins})
            if len(kept) >= _MOST_PARTS:
                kept.clear()
            kept[key] = drawn
        for hole, mark in _HOLES.items():
            if values[hole]:
                drawn = drawn.replace(mark, escape(values[hole]))
        return Markup(drawn)  # noqa: S704 - our own template and escaped texts

    env.globals["kept_part"] = kept_part
