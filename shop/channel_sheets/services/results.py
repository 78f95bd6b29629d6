"""What came back from a channel, kept beside the goods it speaks of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.services import home_by
from shop.channel_sheets import queries
from shop.channel_sheets.models import ListingResult, ResultFile
from shop.channel_sheets.rules.results import Told
from shop.core.text import clean, random_code

MOST_UNMATCHED = 200

register_subject("channel_result_file", home_by(ResultFile))


def take_results(
    db: Session,
    *,
    producer_id: int,
    channel: str,
    file_name: str,
    file_sha: str,
    told: Sequence[Told],
    actor_id: int,
    now: datetime,
) -> ResultFile:
    """Keep every verdict on a variant of the producer; the same file leads to what it already is.

    Of several rows of one SKU a rejection counts, else the last one. Rows of unknown SKUs are
    named, not kept further.
    """
    known = queries.variants_by_sku(db, producer_id)
    verdicts: dict[int, Told] = {}
    unmatched = []
    for one in told:
        variant = known.get(one.sku)
        if variant is None:
            unmatched.append([one.number, one.sku, one.name])
        elif variant[0] not in verdicts or verdicts[variant[0]].state != "rejected":
            verdicts[variant[0]] = one
    file = ResultFile(
        public_id=random_code(26),
        producer_id=producer_id,
        channel=channel,
        file_name=clean(file_name).replace("\n", " ")[-200:] or "-",
        file_sha=file_sha,
        unmatched=unmatched[:MOST_UNMATCHED],
        read_by=actor_id,
        read_at=now,
    )
    try:
        with db.begin_nested():
            db.add(file)
            db.flush()
    except IntegrityError:
        return db.scalars(
            select(ResultFile).where(
                ResultFile.producer_id == producer_id,
                ResultFile.channel == channel,
                ResultFile.file_sha == file_sha,
            )
        ).one()
    db.add_all(
        ListingResult(
            file_id=file.id,
            variant_id=variant_id,
            channel=channel,
            state=one.state,
            reason=one.reason,
            external_id=one.external_id,
            external_url=one.external_url,
            told_at=now,
        )
        for variant_id, one in sorted(verdicts.items())
    )
    record_audit(
        db,
        actor_id=actor_id,
        action="channel_sheets.result",
        subject_kind="channel_result_file",
        subject_id=file.id,
        now=now,
        detail={"channel": channel, "rows": len(told), "matched": len(verdicts)},
    )
    db.flush()
    return file
