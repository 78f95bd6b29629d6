"""What is done with templates and with what came back."""

from shop.channel_sheets.services.filling import NotReady, fill_template, record_fill
from shop.channel_sheets.services.own_sheets import (
    Filling,
    load_filling,
    request_filling,
    sheets_of_bundle,
)
from shop.channel_sheets.services.results import take_results
from shop.channel_sheets.services.templates import (
    OtherPeoples,
    choices_of,
    choose_categories,
    digest_of,
    remarks_of,
    save_choices,
    take_template,
    templates_of_desk,
)

__all__ = [
    "Filling",
    "NotReady",
    "OtherPeoples",
    "choices_of",
    "choose_categories",
    "digest_of",
    "fill_template",
    "load_filling",
    "record_fill",
    "remarks_of",
    "request_filling",
    "save_choices",
    "sheets_of_bundle",
    "take_results",
    "take_template",
    "templates_of_desk",
]
