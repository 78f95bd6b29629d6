"""Staff change a channel's rule: the next revision of an entry, judged before it is written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue.models import ReferenceEntry
from shop.catalogue.rules.reference import Entry, current
from shop.catalogue.services import register_kind, write_entry
from shop.catalogue.services.reference import RevisedMeanwhile, WrongCode
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_
from shop.marketplaces import registry
from shop.marketplaces.rules.overrides import CODES, KIND, lay_over, names_of
from shop.marketplaces.rules.profile import Profile, ProfileFault

register_kind(KIND, codes=CODES, fixed=())


class UnknownRule(NotFound):
    message = N_("Kênh này không có quy tắc đó.")


class NoRule(Invalid):
    message = N_("Giá trị này không thành quy tắc. Hãy xem lại con số và các dòng đã nhập.")


def code_of(profile: Profile, name: str) -> str:
    """The code of a rule's entry. Raises UnknownRule."""
    if name not in names_of(profile):
        raise UnknownRule
    return f"{profile.slug}.{name}"


def entry_of(profile: Profile, name: str) -> Entry | None:
    """What staff laid over the rule last; None: nothing yet. Raises UnknownRule."""
    return current().entries.get((KIND, code_of(profile, name)))


def change_rule(
    db: Session,
    *,
    profile: Profile,
    name: str,
    base_revision: int,
    data: Mapping[str, Any],
    note: str,
    actor_id: int,
    now: datetime,
) -> ReferenceEntry:
    """Write the next revision. ``data`` with ``is_withdrawn`` gives the file's own value back.

    Raises UnknownRule, NoRule, NotAllowed, and RevisedMeanwhile when another was quicker.
    """
    code = code_of(profile, name)
    shipped = registry.shipped_profiles()[profile.slug]
    try:
        lay_over(shipped, [Entry(KIND, code, data, revision=1)])
    except ProfileFault:
        raise NoRule from None
    try:
        return write_entry(
            db,
            kind=KIND,
            code=code,
            base_revision=base_revision or None,
            data=data,
            valid_from=None,
            valid_until=None,
            note=note,
            actor_id=actor_id,
            now=now,
        )
    except WrongCode:  # the code is one of ours: a first revision was written meanwhile
        raise RevisedMeanwhile from None
