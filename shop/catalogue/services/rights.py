"""The second look at rights, inside the writing transaction: the first one may be outdated."""

from sqlalchemy.orm import Session

from shop.accounts import queries as accounts
from shop.accounts import rules as account_rules
from shop.core.errors import NotAllowed
from shop.core.text import N_


class OwnWork(NotAllowed):
    message = N_("Người của chính cơ sở không tự duyệt được. Cần một cán bộ khác.")


def require_maker(db: Session, actor_id: int, producer_id: int) -> None:
    """The person belongs to the producer now. Raises NotFound, NotAllowed."""
    actor = accounts.actor_of_person(db, actor_id)
    if actor is None:
        raise NotAllowed
    account_rules.require_producer(actor, producer_id)


def require_judge(db: Session, actor_id: int, *, producer_id: int, province_code: str) -> None:
    """The person is staff of the province now and does not belong to the producer.

    Raises NotAllowed, NotFound for another province, OwnWork.
    """
    actor = accounts.actor_of_person(db, actor_id)
    if actor is None:
        raise NotAllowed
    account_rules.require_staff(actor, province_code)
    if producer_id in actor.producers:
        raise OwnWork
