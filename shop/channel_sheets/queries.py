"""Reading templates, choices, filled sheets and results; always within one's own producers."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from shop.accounts.models import Person
from shop.catalogue.models import Producer, Product, Variant
from shop.channel_sheets.models import (
    ChannelTemplate,
    FilledSheet,
    ListingResult,
    ResultFile,
)
from shop.core.errors import NotFound
from shop.core.tasks import Task
from shop.core.text import N_

FILL_TASK: Final = "channel_sheets.fill"


class NoSuchTemplate(NotFound):
    message = N_("Không tìm thấy mẫu này trong cơ sở của bạn.")


class NoSuchFill(NotFound):
    message = N_("Không tìm thấy tệp đã điền này trong cơ sở của bạn.")


class NoSuchResult(NotFound):
    message = N_("Không tìm thấy tệp kết quả này trong cơ sở của bạn.")


def templates_of(
    db: Session, producer_ids: Collection[int], *, most: int
) -> list[tuple[ChannelTemplate, str, str]]:
    """The templates with producer and uploader, newest first, without their layouts."""
    rows = db.execute(
        select(ChannelTemplate, Producer.name, Person.name)
        .join(Producer, Producer.id == ChannelTemplate.producer_id)
        .join(Person, Person.id == ChannelTemplate.uploaded_by)
        .where(ChannelTemplate.producer_id.in_(producer_ids))
        .options(defer(ChannelTemplate.layout))
        .order_by(ChannelTemplate.superseded_by.is_not(None), ChannelTemplate.id.desc())
        .limit(most)
    )
    return [(template, producer, who) for template, producer, who in rows]


def template_called(db: Session, public_id: str, producer_ids: Collection[int]) -> ChannelTemplate:
    """Raises NoSuchTemplate, also for other people's."""
    found = select(ChannelTemplate).where(
        ChannelTemplate.public_id == public_id, ChannelTemplate.producer_id.in_(producer_ids)
    )
    template = db.scalar(found) if public_id.isalnum() else None
    if template is None:
        raise NoSuchTemplate
    return template


def template_with_id(
    db: Session, template_id: int, producer_ids: Collection[int]
) -> ChannelTemplate:
    """Raises NoSuchTemplate, also for other people's."""
    template = db.get(ChannelTemplate, template_id)
    if template is None or template.producer_id not in producer_ids:
        raise NoSuchTemplate
    return template


def is_file_of_others(db: Session, file_sha: str, producer_ids: Collection[int]) -> bool:
    """Whether somebody else uploaded this very file."""
    others = select(ChannelTemplate.id).where(
        ChannelTemplate.file_sha == file_sha, ChannelTemplate.producer_id.not_in(producer_ids)
    )
    return db.scalar(others.limit(1)) is not None


def is_shop_of_others(
    db: Session, channel: str, shop_ref: str, producer_ids: Collection[int]
) -> bool:
    """Whether somebody else works with this shop."""
    others = select(ChannelTemplate.id).where(
        ChannelTemplate.channel == channel,
        ChannelTemplate.shop_ref == shop_ref,
        ChannelTemplate.producer_id.not_in(producer_ids),
    )
    return bool(shop_ref) and db.scalar(others.limit(1)) is not None


def current_template(
    db: Session, producer_id: int, channel: str, shop_label: str | None = None
) -> ChannelTemplate | None:
    """The newest template of a channel, of one shop or of any."""
    statement = select(ChannelTemplate).where(
        ChannelTemplate.producer_id == producer_id,
        ChannelTemplate.channel == channel,
        ChannelTemplate.superseded_by.is_(None),
    )
    if shop_label is not None:
        statement = statement.where(ChannelTemplate.shop_label == shop_label)
    return db.scalars(statement.order_by(ChannelTemplate.id.desc()).limit(1)).one_or_none()


def replaced_template(db: Session, template: ChannelTemplate) -> ChannelTemplate | None:
    """The template that this one took the place of."""
    return db.scalars(
        select(ChannelTemplate)
        .where(ChannelTemplate.superseded_by == template.id)
        .order_by(ChannelTemplate.id.desc())
        .limit(1)
    ).one_or_none()


def templates_in_use(
    db: Session, producer_id: int, channels: Collection[str]
) -> list[tuple[ChannelTemplate, str]]:
    """The newest template of each channel, with how the one before it named its shop."""
    rows = db.scalars(
        select(ChannelTemplate)
        .where(
            ChannelTemplate.producer_id == producer_id,
            ChannelTemplate.channel.in_(channels),
            ChannelTemplate.superseded_by.is_(None),
        )
        .order_by(ChannelTemplate.id)
    )
    newest = {row.channel: row for row in rows}
    if not newest:
        return []
    replaced = db.execute(
        select(ChannelTemplate.superseded_by, ChannelTemplate.shop_ref)
        .where(ChannelTemplate.superseded_by.in_([row.id for row in newest.values()]))
        .order_by(ChannelTemplate.id)
    )
    before = {row[0]: row[1] for row in replaced}
    return [(row, before.get(row.id, "")) for row in newest.values()]


def goods_of(db: Session, producer_id: int) -> list[tuple[int, str, str]]:
    """(id, name, subgroup) of the producer's goods that are not put away, by name."""
    rows = db.execute(
        select(Product.id, Product.name, Product.subgroup)
        .where(
            Product.producer_id == producer_id,
            Product.state != "archived",
            Product.is_service.is_(False),
        )
        .order_by(Product.name, Product.id)
    )
    return [(product_id, name, subgroup) for product_id, name, subgroup in rows]


def goods_count(db: Session, producer_id: int) -> tuple[int, int]:
    """How many goods a filled sheet could hold, and how many rows: one for each size."""
    goods = (
        select(func.count(Product.id.distinct()), func.count(Variant.id))
        .outerjoin(Variant, Variant.product_id == Product.id)
        .where(
            Product.producer_id == producer_id,
            Product.state != "archived",
            Product.is_service.is_(False),
        )
    )
    products, rows = db.execute(goods).one()
    return products, rows


def filling_called(db: Session, public_id: str, person_id: int) -> Task:
    """The filling that a person asked for. Raises NoSuchFill, also for other people's."""
    found = select(Task).where(
        Task.public_id == public_id, Task.kind == FILL_TASK, Task.owner_id == person_id
    )
    task = db.scalar(found) if public_id.isalnum() else None
    if task is None:
        raise NoSuchFill
    return task


def fills_of(db: Session, template_id: int, *, most: int) -> list[tuple[FilledSheet, str]]:
    """What was made from a template, newest first, with who."""
    rows = db.execute(
        select(FilledSheet, Person.name)
        .join(Person, Person.id == FilledSheet.made_by)
        .where(FilledSheet.template_id == template_id)
        .order_by(FilledSheet.id.desc())
        .limit(most)
    )
    return [(fill, who) for fill, who in rows]


def fill_called(
    db: Session, public_id: str, producer_ids: Collection[int]
) -> tuple[FilledSheet, ChannelTemplate]:
    """Raises NoSuchFill, also for other people's."""
    found = (
        select(FilledSheet, ChannelTemplate)
        .join(ChannelTemplate, ChannelTemplate.id == FilledSheet.template_id)
        .where(FilledSheet.public_id == public_id, ChannelTemplate.producer_id.in_(producer_ids))
    )
    row = db.execute(found).one_or_none() if public_id.isalnum() else None
    if row is None:
        raise NoSuchFill
    return row[0], row[1]


# What came back


def variants_by_sku(db: Session, producer_id: int) -> dict[str, tuple[int, int, str]]:
    """SKU -> (variant id, product id, product name) of everything the producer ever sold."""
    rows = db.execute(
        select(Variant.sku, Variant.id, Product.id, Product.name)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.producer_id == producer_id)
        .order_by(Variant.is_active, Variant.id)
    )
    return {sku: (variant, product, name) for sku, variant, product, name in rows}


def result_files_of(
    db: Session, producer_ids: Collection[int], *, most: int
) -> list[tuple[ResultFile, str, dict[str, int]]]:
    """The files with who read them and how many rows of each state, newest first."""
    rows = db.execute(
        select(ResultFile, Person.name)
        .join(Person, Person.id == ResultFile.read_by)
        .where(ResultFile.producer_id.in_(producer_ids))
        .order_by(ResultFile.id.desc())
        .limit(most)
    ).all()
    counted = db.execute(
        select(ListingResult.file_id, ListingResult.state, func.count())
        .where(ListingResult.file_id.in_([file.id for file, _who in rows]))
        .group_by(ListingResult.file_id, ListingResult.state)
    )
    counts: dict[int, dict[str, int]] = {}
    for file_id, state, count in counted:
        counts.setdefault(file_id, {})[state] = count
    return [(file, who, counts.get(file.id, {})) for file, who in rows]


def result_file_called(db: Session, public_id: str, producer_ids: Collection[int]) -> ResultFile:
    """Raises NoSuchResult, also for other people's."""
    found = select(ResultFile).where(
        ResultFile.public_id == public_id, ResultFile.producer_id.in_(producer_ids)
    )
    file = db.scalar(found) if public_id.isalnum() else None
    if file is None:
        raise NoSuchResult
    return file


def results_in(db: Session, file_id: int) -> list[tuple[ListingResult, str, str, int]]:
    """What a file said, rejected ones first: result, SKU, product, its id."""
    rows = db.execute(
        select(ListingResult, Variant.sku, Product.name, Product.id)
        .join(Variant, Variant.id == ListingResult.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(ListingResult.file_id == file_id)
        .order_by(ListingResult.state != "rejected", Product.name, Variant.sku)
    )
    return [(result, sku, name, product_id) for result, sku, name, product_id in rows]


def newest_results(
    db: Session, product_id: int, channel: str
) -> list[tuple[ListingResult, str, str]]:
    """The newest verdict on each variant of a product: result, SKU, the file that holds it."""
    newest = (
        select(func.max(ListingResult.id))
        .join(Variant, Variant.id == ListingResult.variant_id)
        .where(Variant.product_id == product_id, ListingResult.channel == channel)
        .group_by(ListingResult.variant_id)
    )
    rows = db.execute(
        select(ListingResult, Variant.sku, ResultFile.public_id)
        .join(Variant, Variant.id == ListingResult.variant_id)
        .join(ResultFile, ResultFile.id == ListingResult.file_id)
        .where(ListingResult.id.in_(newest))
        .order_by(Variant.position, Variant.id)
    )
    return [(result, sku, file) for result, sku, file in rows]
