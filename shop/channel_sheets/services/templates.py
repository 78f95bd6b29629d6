"""A template's life: taken in, what the producer chooses for it, replaced by a newer one."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.models import Producer
from shop.catalogue.services import home_by
from shop.channel_sheets import queries
from shop.channel_sheets.models import ChannelTemplate
from shop.channel_sheets.rules.filling import (
    MOST_CONSTANT,
    UNITS,
    Choices,
    asked_columns,
    changes_between,
    remarks_about,
)
from shop.channel_sheets.rules.keys import family_called
from shop.channel_sheets.rules.layout import Layout, fingerprint, layout_of
from shop.channel_sheets.rules.own_template import template_facts
from shop.channel_sheets.rules.remarks import Remark
from shop.core.clock import today_vn
from shop.core.errors import Invalid, NotAllowed
from shop.core.text import N_, clean, random_code
from shop.marketplaces import registry
from shop.marketplaces import services as marketplaces
from shop.marketplaces.rules.facts import TemplateFacts

register_subject("channel_template", home_by(ChannelTemplate))


class OtherPeoples(NotAllowed):
    message = N_(
        "Mẫu này thuộc gian hàng mà cơ sở khác đang dùng ở đây nên không nhận. Hãy tải mẫu trống "
        "từ chính gian hàng của bạn."
    )


class UnknownCategory(Invalid):
    message = N_("Không có ngành “%(number)s” trong mẫu này. Hãy chọn trong danh sách của mẫu.")


def digest_of(content: bytes) -> str:
    """How a file is told from others."""
    return hashlib.sha256(content).hexdigest()


def take_template(
    db: Session,
    *,
    producer_id: int,
    actor_producers: Collection[int],
    actor_id: int,
    shop_label: str,
    file_name: str,
    file_sha: str,
    stored_name: str,
    layout: Layout,
    now: datetime,
) -> ChannelTemplate:
    """Take a template in; the same file leads to the template it already is.

    What was chosen for the shop's template before is carried over as far as its columns still
    exist. Raises OtherPeoples when the file or the shop belongs to producers that the actor does
    not work for.
    """
    if queries.is_file_of_others(db, file_sha, actor_producers) or queries.is_shop_of_others(
        db, layout.channel, layout.shop_ref, actor_producers
    ):
        raise OtherPeoples
    db.execute(select(Producer.id).where(Producer.id == producer_id).with_for_update()).one()
    label = clean(shop_label).replace("\n", " ")[:80]
    before = queries.current_template(db, producer_id, layout.channel, label)
    template = ChannelTemplate(
        public_id=random_code(26),
        producer_id=producer_id,
        channel=layout.channel,
        shop_label=label,
        shop_ref=layout.shop_ref,
        file_name=clean(file_name).replace("\n", " ").replace("/", " ")[-200:] or "mau.xlsx",
        file_sha=file_sha,
        stored_name=stored_name,
        fingerprint=fingerprint(layout),
        layout=layout.as_json(),
        choices=_carried(before, layout),
        uploaded_by=actor_id,
        uploaded_at=now,
    )
    try:
        with db.begin_nested():
            db.add(template)
            db.flush()
    except IntegrityError:
        return db.scalars(
            select(ChannelTemplate).where(
                ChannelTemplate.producer_id == producer_id, ChannelTemplate.file_sha == file_sha
            )
        ).one()
    if before is not None:
        before.superseded_by = template.id
    record_audit(
        db,
        actor_id=actor_id,
        action="channel_sheets.template",
        subject_kind="channel_template",
        subject_id=template.id,
        now=now,
        detail={"channel": layout.channel, "columns": len(layout.columns)},
    )
    db.flush()
    return template


def _carried(before: ChannelTemplate | None, layout: Layout) -> dict[str, Any]:
    if before is None:
        return {}
    keys = {column.key for column in layout.columns}
    had = choices_of(before)
    return {
        **before.choices,
        "deliveries": [key for key in had.deliveries if key in keys],
        "constants": {key: text for key, text in had.constants.items() if key in keys},
    }


def choices_of(template: ChannelTemplate) -> Choices:
    """What was chosen, as plain values."""
    told = template.choices
    return Choices(
        unit=told.get("unit", ""),
        is_shared=bool(told.get("is_shared", False)),
        numbers_as_text=bool(told.get("numbers_as_text", False)),
        deliveries=tuple(told.get("deliveries", ())),
        constants=dict(told.get("constants", {})),
    )


def save_choices(
    db: Session,
    *,
    template: ChannelTemplate,
    unit: str,
    is_shared: bool,
    numbers_as_text: bool,
    deliveries: Collection[str],
    constants: Mapping[str, str],
) -> None:
    """Keep what the producer decided; columns that the template does not have are passed over.

    A value outside of a column's list is passed over too: the page offers only what is allowed.
    """
    layout = layout_of(template.layout)
    asked = {column.key: column for column in asked_columns(layout)}
    kept = {}
    for key, text in constants.items():
        column = asked.get(key)
        words = clean(text[: 4 * MOST_CONSTANT])[:MOST_CONSTANT]
        if column is not None and words and (not column.allowed or words in column.allowed):
            kept[key] = words
    template.choices = {
        "unit": unit if unit in UNITS else "",
        "is_shared": is_shared,
        "numbers_as_text": numbers_as_text,
        "deliveries": [one.key for one in layout.deliveries if one.key in deliveries],
        "constants": kept,
    }
    db.flush()


def choose_categories(
    db: Session,
    *,
    template: ChannelTemplate,
    wanted: Mapping[int, str],
    now: datetime,
) -> int:
    """Keep the category of each product; how many changed. An empty id takes the choice back.

    Products of other producers are passed over. Raises UnknownCategory.
    """
    known = {category.id: category for category in layout_of(template.layout).categories}
    for number in wanted.values():
        if number and number not in known:
            raise UnknownCategory(field="nganh", number=number[:40])
    return marketplaces.choose_categories(
        db,
        producer_id=template.producer_id,
        channel=template.channel,
        wanted=wanted,
        now=now,
    )


def templates_of_desk(
    db: Session, producer_id: int, channels: Collection[str]
) -> list[tuple[str, TemplateFacts]]:
    """What the producer's templates of these channels demand of listings; nothing is asked of the
    database for channels whose sheets are not known."""
    channels = [channel for channel in channels if family_called(channel)]
    if not channels:
        return []
    return [
        (
            template.channel,
            template_facts(
                layout_of(template.layout),
                choices_of(template),
                uploaded_on=today_vn(template.uploaded_at),
                ref=template.public_id,
                file_name=template.file_name,
                shop_before=shop_before,
                known_ways=registry.profile_called(template.channel).deliveries,
            ),
        )
        for template, shop_before in queries.templates_in_use(db, producer_id, channels)
    ]


def remarks_of(
    db: Session, template: ChannelTemplate, layout: Layout, now: datetime
) -> list[Remark]:
    """What is to be said of a template: about itself, and beside the one before it."""
    found = []
    before = queries.replaced_template(db, template)
    if before is not None:
        old = layout_of(before.layout)
        if old.shop_ref and layout.shop_ref and old.shop_ref != layout.shop_ref:
            shop = template.shop_label or registry.profile_called(template.channel).label
            found.append(Remark("TEMPLATE_OTHER_SHOP", {"shop": shop}))
        if before.fingerprint != template.fingerprint:
            found += changes_between(old, layout)
    return found + remarks_about(
        layout, choices_of(template), uploaded_at=template.uploaded_at, now=now
    )
