"""Reading which union units vouch for producers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, YouthEndorsement
from shop.core.errors import NotFound


def endorsements_of(db: Session, producer_id: int) -> list[YouthEndorsement]:
    """All that was asked and decided for a producer, newest first."""
    found = (
        select(YouthEndorsement)
        .where(YouthEndorsement.producer_id == producer_id)
        .order_by(YouthEndorsement.id.desc())
    )
    return list(db.scalars(found))


def confirmed_endorsement(db: Session, producer_id: int) -> YouthEndorsement | None:
    """What counts now: at most one."""
    return db.scalars(
        select(YouthEndorsement).where(
            YouthEndorsement.producer_id == producer_id, YouthEndorsement.state == "confirmed"
        )
    ).one_or_none()


@dataclass(frozen=True)
class EndorsementRow:
    """An endorsement with whose it is."""

    endorsement: YouthEndorsement
    producer: Producer


def endorsement_row(db: Session, endorsement_id: int) -> EndorsementRow:
    """One endorsement with its producer. Raises NotFound."""
    row = db.execute(
        select(YouthEndorsement, Producer)
        .join(Producer, Producer.id == YouthEndorsement.producer_id)
        .where(YouthEndorsement.id == endorsement_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return EndorsementRow(*row)
