"""Places in pages that features above fill: a product page's panels, a workspace's to-do list.

Shop declares a slot; whoever knows more (livestream, mostly) fills it in its wiring. Filling with
the same function twice is harmless, so several applications may be made in one process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, ParamSpec, TypeVar

ArgsT = ParamSpec("ArgsT")
ItemT = TypeVar("ItemT")


class Slot(Generic[ArgsT, ItemT]):
    """Functions with the same arguments whose items are shown one after the other."""

    def __init__(self) -> None:
        self._fillers: dict[str, Callable[ArgsT, list[ItemT]]] = {}

    def fill(self, function: Callable[ArgsT, list[ItemT]]) -> Callable[ArgsT, list[ItemT]]:
        """Add a function; usable as a decorator."""
        self._fillers[f"{function.__module__}.{function.__qualname__}"] = function
        return function

    def collect(self, *args: ArgsT.args, **kwargs: ArgsT.kwargs) -> list[ItemT]:
        """What every filler gives, in order of filling."""
        return [item for fill in self._fillers.values() for item in fill(*args, **kwargs)]


@dataclass(frozen=True)
class Panel:
    """A piece of a page: a template and what it needs.

    ``is_below``: it stands after what the page itself says. ``data`` joins the page's schema.org
    data, which may hold nothing that the page does not show.
    """

    template: str
    context: dict[str, object]
    is_below: bool = False
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Todo:
    """A line of "Việc hôm nay": what waits, how many, where to go."""

    label: str
    count: int
    url: str
    icon: str = "list"
    is_urgent: bool = False
    order: int = 50
    """Among lines that press alike: what a day begins with has the smallest number."""
    hint: str = ""


@dataclass(frozen=True)
class NavItem:
    """A link of a workspace's navigation. ``group``: a key of ``workspaces.NAV_GROUPS``."""

    label: str
    url: str
    icon: str = "list"
    order: int = 50
    group: str = ""
