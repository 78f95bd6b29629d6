"""What these pages share: the blueprint, whose goods."""

from typing import Any

from flask import Blueprint

from shop.catalogue.models import Producer
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.marketplaces import queries as marketplaces
from shop.marketplaces import registry
from shop.web.access import actor
from shop.web.i18n import gettext as _
from shop.web.request import read_session

bp = Blueprint("channel_sheets", __name__)

FILLED_CHANNELS = ("shopee", "tiktok", "lazada")
"""Channels whose own sheets we know how to read."""


class NoProducer(NotFound):
    message = N_("Không tìm thấy cơ sở này trong tài khoản của bạn.")


def own() -> list[int]:
    """The actor's producers by id."""
    return sorted(actor().producers)


def own_producers() -> list[Producer]:
    """The actor's producers by name."""
    return marketplaces.producers_of(read_session(), own())


def chosen_producer(slug: str) -> Producer:
    """The producer called so, or the first. Raises NoProducer for other people's."""
    for producer in own_producers():
        if slug in {"", producer.slug}:
            return producer
    raise NoProducer


def channel_labels() -> dict[str, str]:
    """Slug -> name of the channels whose sheets we know."""
    known = registry.all_profiles()
    return {slug: known[slug].label for slug in FILLED_CHANNELS if slug in known}


def said(row: dict[str, Any]) -> dict[str, str]:
    """The sentences of a kept finding in the reader's language."""
    why, fix, params = row["why"], row["fix"], row["params"]
    return {"why": _(why, **params), "fix": _(fix, **params)}
