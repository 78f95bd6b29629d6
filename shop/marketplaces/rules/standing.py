"""How sure a rule is, and how hard it may therefore be."""

from typing import Literal

Certainty = Literal["certain", "uncertain"]
Severity = Literal["refuse", "warn", "info"]


class ProfileFault(ValueError):
    """A profile that contradicts itself; raised when it is imported."""


def severity_of(certainty: Certainty) -> Severity:
    """How hard a rule of this certainty may be."""
    return "refuse" if certainty == "certain" else "warn"
