"""The channels that exist, found by listing ``profiles/``."""

from functools import cache

from shop.core import plugs
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.marketplaces import profiles
from shop.marketplaces.rules.profile import Profile


class UnknownChannel(NotFound):
    message = N_("Không có kênh bán này.")


@cache
def all_profiles() -> dict[str, Profile]:
    """Every channel by its slug."""
    return plugs.load(profiles, "PROFILE", Profile)


def profile_called(slug: str) -> Profile:
    """The channel of this slug. Raises UnknownChannel."""
    try:
        return all_profiles()[slug]
    except KeyError:
        raise UnknownChannel from None


@cache
def market_words() -> frozenset[str]:
    """Folded names of every channel, and of others that listings must not name."""
    ours = {word for profile in all_profiles().values() for word in profile.market_words}
    return frozenset(ours | {"tiktok shop", "tiktok", "tiki", "sendo", "cho tot", "amazon"})
