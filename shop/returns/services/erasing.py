"""The right to erasure: what buyers typed and photographed goes; steps, sums and dates stay."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.returns.models import ReturnRequest, ReturnStep, ReturnWords


def erase_order(db: Session, *, order_id: int) -> set[str]:
    """Empty the buyer's words in the order's returns; gives the pictures whose files are to be
    dropped after the commit. Doing it again changes nothing."""
    rows = db.scalars(
        select(ReturnWords)
        .join(ReturnStep, ReturnStep.id == ReturnWords.step_id)
        .join(ReturnRequest, ReturnRequest.id == ReturnStep.return_id)
        .where(ReturnRequest.order_id == order_id, ReturnStep.side == "buyer")
    ).all()
    pictures = {str(photo["sha"]) for row in rows for photo in row.photos}
    for row in rows:
        row.text, row.photos = "", []
    db.flush()
    return pictures
