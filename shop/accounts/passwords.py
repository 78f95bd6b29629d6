"""Passwords at rest: argon2id sized for two cores (OWASP: 19 MiB, two passes, one lane).

About 40 ms each, so hashing always comes before a write transaction begins.
"""

from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_COMMON: Final = Path(__file__).resolve().parent / "data" / "common_passwords.txt"


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password.encode("utf-8", "surrogatepass"))


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")


def is_password(stored: str | None, presented: str) -> bool:
    """Whether ``presented`` is the stored password.

    Without a stored hash (an unknown login) it takes as long and says no.
    """
    try:
        _hasher.verify(stored or _nobodys_hash(), presented.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters and should be made anew."""
    return _hasher.check_needs_rehash(stored)


@cache
def common_passwords() -> frozenset[str]:
    """Passwords too common to accept, in lower case."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())
