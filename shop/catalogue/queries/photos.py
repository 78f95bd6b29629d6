"""Pictures by themselves."""

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductPhoto
from shop.core.tasks import Task


def photos_without_task(db: Session, kind: str, *, limit: int) -> list[str]:
    """Pictures of products for which no task ``<kind>:<sha>`` was ever asked for."""
    asked = select(Task.id).where(Task.key == literal(f"{kind}:").concat(ProductPhoto.sha))
    found = select(ProductPhoto.sha).where(~asked.exists()).distinct().limit(limit)
    return list(db.scalars(found))
