"""Templates that lie ready to be filled: everything read that the database knows."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.channel_sheets import queries
from shop.channel_sheets.models import ChannelTemplate
from shop.channel_sheets.rules.filling import Choices
from shop.channel_sheets.rules.layout import Layout, layout_of
from shop.channel_sheets.rules.remarks import Remark
from shop.channel_sheets.services.filling import Tell, fill_template
from shop.channel_sheets.services.templates import choices_of, remarks_of
from shop.core import tasks
from shop.core.clock import VN, today_vn
from shop.core.storage import Storage
from shop.core.tasks import Task
from shop.core.text import random_code
from shop.marketplaces import registry
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import Desk
from shop.marketplaces.services import load_desk
from shop.marketplaces.services.bundle.own_sheet import Addresses, FilledFile, OwnSheet, Read


@dataclass(frozen=True)
class Source:
    """A template with what was chosen for it and what is to be said of it."""

    stored_name: str
    layout: Layout
    choices: Choices
    remarks: tuple[Remark, ...]

    def fill(
        self,
        profile: Profile,
        desk: Desk,
        market_words: frozenset[str],
        read: Read,
        addresses: Addresses | None = None,
        tell: Tell | None = None,
    ) -> tuple[bytes, dict[str, Any]]:
        """The filled file and its report. Raises NotReady, OSError when the template is gone."""
        out = io.BytesIO()
        report = fill_template(
            workbook=read(self.stored_name),
            layout=self.layout,
            choices=self.choices,
            profile=profile,
            desk=desk,
            market_words=market_words,
            remarks=self.remarks,
            out=out,
            addresses=addresses,
            tell=tell,
        )
        return out.getvalue(), report


@dataclass(frozen=True)
class Filling:
    """A template and the goods of today, read and ready."""

    source: Source
    profile: Profile
    desk: Desk

    def make(self, read: Read, tell: Tell | None = None) -> tuple[bytes, dict[str, Any]]:
        """The filled file and its report. Raises NotReady, OSError when the template is gone."""
        words = registry.market_words()
        return self.source.fill(self.profile, self.desk, words, read, tell=tell)


def load_filling(
    db: Session, storage: Storage, *, template: ChannelTemplate, now: datetime, public_url: str
) -> Filling:
    """Everything that filling a template with today's goods needs of the database."""
    profile = registry.profile_called(template.channel)
    desk = load_desk(
        db,
        storage,
        producer=db.get_one(Producer, template.producer_id),
        channel=profile.slug,
        day=today_vn(now),
        public_url=public_url,
    )
    return Filling(load_source(db, template, now), profile, desk)


def request_filling(
    db: Session, *, template: ChannelTemplate, submit_key: str, actor_id: int, now: datetime
) -> Task:
    """Ask for a filling in the background; the same ``submit_key`` leads to the same one."""
    return tasks.enqueue(
        db,
        kind=queries.FILL_TASK,
        key=f"{queries.FILL_TASK}:{template.id}:{actor_id}:{submit_key}",
        public_id=random_code(26),
        arguments={"template_id": template.id, "actor_id": actor_id},
        now=now,
        owner_id=actor_id,
    )


def load_source(db: Session, template: ChannelTemplate, now: datetime) -> Source:
    """Everything of a template that filling needs."""
    layout = layout_of(template.layout)
    return Source(
        stored_name=template.stored_name,
        layout=layout,
        choices=choices_of(template),
        remarks=tuple(remarks_of(db, template, layout, now)),
    )


def sheets_of_bundle(db: Session, producer_id: int, channel: str, day: date) -> list[OwnSheet]:
    """The template that a bundle of the channel fills, judged on ``day``; at most one."""
    template = queries.current_template(db, producer_id, channel)
    if template is None:
        return []
    source = load_source(db, template, datetime.combine(day, time(12), VN))

    def fill(
        profile: Profile,
        desk: Desk,
        market_words: frozenset[str],
        addresses: Addresses,
        read: Read,
    ) -> FilledFile:
        content, report = source.fill(profile, desk, market_words, read, addresses)
        return FilledFile(
            content=content,
            rows=report["rows"],
            products=report["counts"]["filled"],
            behind=tuple(_behind(report["products"])),
        )

    return [OwnSheet(template.file_name, template.file_sha, fill)]


def _behind(products: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Goods that the template did not take, with the first reason."""
    for product in products:
        refusals = [one for one in product["findings"] if one["severity"] == "refuse"]
        if product["state"] == "blocked" and refusals:
            yield product["name"], refusals[0]["why"] % refusals[0]["params"]
