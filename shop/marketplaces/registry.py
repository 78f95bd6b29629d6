"""The channels that exist, found by listing ``profiles/``, with what staff laid over them."""

import logging
from functools import cache

from shop.catalogue.rules.reference import Book, current
from shop.core import plugs
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.marketplaces import profiles
from shop.marketplaces.rules.overrides import KIND, lay_over
from shop.marketplaces.rules.profile import Profile, ProfileFault

log = logging.getLogger(__name__)


class UnknownChannel(NotFound):
    message = N_("Không có kênh bán này.")


@cache
def shipped_profiles() -> dict[str, Profile]:
    """Every channel as its file says, those that sell most first."""
    found = plugs.load(profiles, "PROFILE", Profile).values()
    return {one.slug: one for one in sorted(found, key=lambda one: (one.order, one.slug))}


def all_profiles() -> dict[str, Profile]:
    """Every channel by its slug, with what staff laid over it."""
    book = current()
    kept = _laid.get("kept")
    if kept is None or kept[0] is not book:
        kept = book, _lay_over(book)
        _laid["kept"] = kept
    return kept[1]


_laid: dict[str, tuple[Book, dict[str, Profile]]] = {}


def _lay_over(book: Book) -> dict[str, Profile]:
    entries = book.of(KIND)
    found = {}
    for slug, profile in shipped_profiles().items():
        ours = [entry for entry in entries if entry.code.startswith(f"{slug}.")]
        try:
            found[slug] = lay_over(profile, ours)
        except ProfileFault:
            log.exception("what is laid over %s makes no profile; the file counts", slug)
            found[slug] = profile
    return found


def profile_called(slug: str) -> Profile:
    """The channel of this slug. Raises UnknownChannel."""
    try:
        return all_profiles()[_slugs().get(slug, slug)]
    except KeyError:
        raise UnknownChannel from None


@cache
def _slugs() -> dict[str, str]:
    """Every name of a channel, older ones included, and the slug that counts."""
    found: dict[str, str] = {}
    for profile in shipped_profiles().values():
        for name in profile.called:
            if name in found:
                raise ProfileFault(f"two channels are called {name!r}")
            found[name] = profile.slug
    return found


@cache
def market_words() -> frozenset[str]:
    """Folded names of every channel, and of others that listings must not name."""
    ours = {word for profile in shipped_profiles().values() for word in profile.market_words}
    return frozenset(ours | {"cho tot", "amazon"})
