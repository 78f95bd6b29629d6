"""The right to erasure: what buyers typed and photographed goes; steps, sums and dates stay."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.pictures import files_of
from shop.core.errors import Conflict
from shop.core.text import N_
from shop.orders.models import Order
from shop.returns.models import ReturnRequest, ReturnStep, ReturnWords
from shop.returns.rules import OPEN


class ReturnOpen(Conflict):
    message = N_("Yêu cầu trả hàng %(code)s chưa xong. Hãy xử lý xong rồi xóa dữ liệu.")


def erase_returns(
    _sender: object, *, db: Session, order: Order, files: set[str], **_more: Any
) -> None:
    """Empty the words of the order's returns; adds the pictures whose files go after the commit.

    Sellers' words go too: they speak to the buyer by name. Raises ReturnOpen.
    """
    asked = db.scalars(select(ReturnRequest).where(ReturnRequest.order_id == order.id)).all()
    for one in asked:
        if one.state in OPEN:
            raise ReturnOpen(code=one.code)
    rows = db.scalars(
        select(ReturnWords)
        .join(ReturnStep, ReturnStep.id == ReturnWords.step_id)
        .where(ReturnStep.return_id.in_([one.id for one in asked]))
    ).all()
    for row in rows:
        files.update(name for photo in row.photos for name in files_of(str(photo["sha"])))
        row.text, row.photos = "", []
    db.flush()
