"""Numbers in addresses: none that the database could not hold ever reaches a view."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

from shop.core.db import MAX_ID


class RowIdConverter(IntegerConverter):
    """``<int:...>`` up to MAX_ID in plain digits; all else is an address that does not exist."""

    regex = "[0-9]+"

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: A002 - werkzeug's name
        kwargs.setdefault("max", MAX_ID)
        super().__init__(map, *args, **kwargs)
