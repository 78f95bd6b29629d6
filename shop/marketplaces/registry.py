"""The channels that exist, found by listing ``profiles/``."""

from functools import cache

from shop.core import plugs
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.marketplaces import profiles
from shop.marketplaces.rules.profile import Profile, ProfileFault


class UnknownChannel(NotFound):
    message = N_("Không có kênh bán này.")


@cache
def all_profiles() -> dict[str, Profile]:
    """Every channel by its slug, those that sell most first."""
    found = plugs.load(profiles, "PROFILE", Profile).values()
    return {one.slug: one for one in sorted(found, key=lambda one: (one.order, one.slug))}


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
    for profile in plugs.load(profiles, "PROFILE", Profile).values():
        for name in profile.called:
            if name in found:
                raise ProfileFault(f"two channels are called {name!r}")
            found[name] = profile.slug
    return found


@cache
def market_words() -> frozenset[str]:
    """Folded names of every channel, and of others that listings must not name."""
    ours = {word for profile in all_profiles().values() for word in profile.market_words}
    return frozenset(ours | {"cho tot", "amazon"})
