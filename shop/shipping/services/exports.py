"""Who took buyers' addresses out of the house."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue.services.rights import require_maker


def log_export(
    db: Session,
    *,
    producer_id: int,
    carrier: str,
    file_kind: str,
    rows: int,
    sha: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Write down that an order file was taken out. Raises NotFound, NotAllowed."""
    require_maker(db, actor_id, producer_id)
    record_audit(
        db,
        actor_id=actor_id,
        action="shipping.exported",
        subject_kind="producer",
        subject_id=producer_id,
        now=now,
        detail={"carrier": carrier, "kind": file_kind, "rows": rows, "sha256": sha},
    )
