"""The printable pages of a bundle: they stand alone, beside the photos they show."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shop.core.money import format_vnd
from shop.marketplaces.services.bundle.reports import SEVERITIES, STATUSES

_TEMPLATES: Final = Path(__file__).resolve().parents[3] / "templates" / "marketplaces" / "bundle"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["vnd"] = format_vnd
    made.globals.update(severities=SEVERITIES, statuses=STATUSES)
    return made


def render(template: str, **context: Any) -> bytes:
    """A page as UTF-8, every value escaped."""
    return _environment().get_template(template).render(**context).encode()
