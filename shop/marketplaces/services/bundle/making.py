"""One zip per channel: the sheet, photos, papers, readiness report and a note on how to go on.

What comes out depends on the desk and the stored files alone, so the page and the command make the
same bytes.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shop.marketplaces.queries import bundle_file_name
from shop.marketplaces.rules.cells import Cell, Row, cell
from shop.marketplaces.rules.changes import Change, compare
from shop.marketplaces.rules.listing import Listing, bounded
from shop.marketplaces.rules.payloads import Material
from shop.marketplaces.rules.profile import FIDELITIES, LEVELS, LIFECYCLES, Profile
from shop.marketplaces.rules.readiness import (
    Assessed,
    Desk,
    Finding,
    assess,
    channel_findings,
    is_reachable,
    make_finding,
)
from shop.marketplaces.services.bundle import hand_over, pages, reports, sheets
from shop.marketplaces.services.bundle.archive import pack
from shop.marketplaces.services.bundle.own_sheet import (
    OwnSheet,
    Read,
    SheetOutcome,
    fill_own_sheet,
    readme_lines,
)
from shop.marketplaces.services.bundle.papers import NO_PAPERS, papers_of
from shop.marketplaces.services.bundle.payloads import payload_files
from shop.marketplaces.services.bundle.updates import FILE, FOLDER, Told, update_files
from shop.marketplaces.services.desk import photo_file
from shop.marketplaces.services.photos import PhotoRule, fitted, photo_rule

log = logging.getLogger(__name__)

TakePhoto = Callable[[str, PhotoRule], tuple[str, bytes]]
"""Stored name and content of a photo by a channel's rule. Raises OSError."""
Tell = Callable[[int], None]
"""Told how far the work is, 0 to 100."""

PHOTOS: Final = "anh"
_NOTHING_NEW: Final = f"Không có sản phẩm mới hay đổi lời; giá và tồn đã đổi ở {FILE}."
HAND_OVER_PAGE: Final = "phieu-ban-giao.html"
HAND_OVER_PDF: Final = "phieu-ban-giao.pdf"


@dataclass(frozen=True)
class Bundle:
    """What is handed out, and what is kept of it."""

    content: bytes
    files: Mapping[str, bytes]
    report: dict[str, Any]
    file_name: str
    template_sha: str = ""
    """Digest of the seller's template that was filled; empty: none was."""


@dataclass
class _Collected:
    """The bundle while it is being filled."""

    files: dict[str, bytes] = field(default_factory=dict)
    rows: list[list[Cell]] = field(default_factory=list)
    forms: list[hand_over.ProductForm] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    groups: int = 0
    calls: dict[str, None] = field(default_factory=dict)
    """What an operator must know of the payloads."""
    refused: list[str] = field(default_factory=list)
    updates: Told = field(default_factory=lambda: Told({}))
    addresses: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Of each product in the bundle: where its photos can be fetched."""


def make_bundle(
    profile: Profile,
    desk: Desk,
    *,
    market_words: frozenset[str],
    read: Read,
    tell: Tell,
    photo: TakePhoto | None = None,
    since: Mapping[str, Any] | None = None,
    own: OwnSheet | None = None,
) -> Bundle:
    """Assess everything, export what is ready, and say why the rest stays behind.

    ``since``: the report of an export before; then only what is new or told differently goes into
    the sheet, and changed prices and units into a file of their own. ``own``: the seller's own
    template; filled, it takes the place of the draft.
    """
    found = _Collected()
    take = photo or _plainly(read)
    assessed = assess(profile, desk, market_words)
    changes = _changes(since, assessed, desk)
    skipped = {one.product_id for one in changes if one.what in {"same", "price_stock"}}
    verdicts = []
    for number, item in enumerate(assessed, start=1):
        if item.product.id in skipped:
            verdicts.append(item)
        else:
            verdicts.append(_include(item, profile, desk, found, read, take))
        tell(90 * number // len(assessed))
    if since is not None:
        ready = {one.product.id: one.listing for one in verdicts if one.listing}
        found.updates = update_files(profile, changes, ready)
        found.files |= found.updates.files
    channel = channel_findings(profile, desk.public_url, desk.template, desk.day)
    head = sheets.headline(profile, desk.producer.name, desk.day)
    notes = _notes(profile, desk, channel)
    sheet = fill_own_sheet(
        own,
        profile,
        desk,
        included=set(found.addresses),
        addresses=found.addresses,
        channel=channel,
        market_words=market_words,
        read=read,
    )
    found.files[sheet.file_name] = sheet.content or sheets.make_workbook(
        profile, head, found.rows, notes, desk.day
    )
    if profile.level == "hand_over":
        form = _form(profile, desk, found)
        found.files[HAND_OVER_PAGE] = pages.render("hand_over.html", form=form)
        found.files[HAND_OVER_PDF] = hand_over.form_pdf(form, found.files)
    papers = {"included": found.included, "missing": found.missing}
    found.files["README.txt"] = _readme(profile, head, verdicts, notes, found, sheet)
    listed = [_file_data(name, found.files[name]) for name in sorted(found.files)]
    report = {
        **reports.report_data(profile, desk, verdicts, channel, papers, listed),
        "sheet": sheet.data(),
        "refused_calls": [*found.refused, *found.updates.refused],
    }
    found.files["report.json"] = _json(report)
    found.files["report.html"] = pages.render("report.html", report=report)
    return Bundle(
        content=pack(found.files),
        files=found.files,
        report=report,
        template_sha=sheet.sha,
        file_name=bundle_file_name(profile.slug, desk.producer.slug, desk.day),
    )


def _plainly(read: Read) -> TakePhoto:
    """Photos by the rule, not kept: for callers without a store."""

    def take(sha: str, rule: PhotoRule) -> tuple[str, bytes]:
        return photo_file(sha), fitted(read(photo_file(sha)), rule)

    return take


def _changes(
    since: Mapping[str, Any] | None, assessed: Sequence[Assessed], desk: Desk
) -> list[Change]:
    if since is None:
        return []
    return compare(since, [reports.product_data(item, desk.public_url) for item in assessed])


def _include(
    item: Assessed, profile: Profile, desk: Desk, found: _Collected, read: Read, take: TakePhoto
) -> Assessed:
    """Put a ready product into the bundle; one that fails on the way is blocked, not fatal."""
    if item.status != "ready" or item.listing is None:
        return item
    try:
        _add_product(item.listing, profile, desk, found, read, take)
    except Exception as fault:
        log.exception("product %d cannot be exported to %s", item.product.id, profile.slug)
        finding = make_finding(
            "PRODUCT_FAULT",
            type(fault).__name__,
            channel=profile.slug,
            product_id=item.product.id,
        )
        return Assessed(item.product, item.choice, item.listing, (finding, *item.findings))
    return item


def _add_product(
    listing: Listing,
    profile: Profile,
    desk: Desk,
    found: _Collected,
    read: Read,
    take: TakePhoto,
) -> None:
    """Everything of one product, or nothing when any part of it fails."""
    folder = _free_folder(listing.folder, found.folders)
    rule = photo_rule(profile, listing.photo_fit)
    taken = [take(photo.sha, rule) for photo in listing.photos]
    photos = {
        f"{PHOTOS}/{folder}/{number:02d}.jpg": content
        for number, (_name, content) in enumerate(taken, start=1)
    }
    papers = (
        papers_of(listing, profile, desk, folder, read)
        if profile.level == "hand_over"
        else NO_PAPERS
    )
    addresses = [f"{desk.public_url}/media/{name}" for name, _content in taken]
    rows = [
        Row(
            number=len(found.rows) + offset,
            group=found.groups + 1,
            listing=listing,
            variant=variant,
            profile=profile,
            day=desk.day,
            photo_names=tuple(photos),
            photo_addresses=tuple(addresses) if is_reachable(desk.public_url) else (),
        )
        for offset, variant in enumerate(listing.variants, start=1)
    ]
    values = [[cell(row, column) for column in profile.columns] for row in rows]
    payload, calls, refused = payload_files(
        Material(
            listing,
            desk.whole_choice(listing.product.id),
            profile,
            tuple(photos),
            tuple(addresses) if is_reachable(desk.public_url) else (),
        ),
        folder,
    )
    found.files |= photos | papers.files | payload
    found.calls |= dict.fromkeys(calls)
    found.refused += refused
    found.folders.add(folder)
    found.addresses[listing.product.id] = tuple(addresses)
    found.groups += 1
    found.rows += values
    found.included += [line for line in papers.included if line not in found.included]
    found.missing += papers.missing
    found.forms.append(
        hand_over.product_form(profile, listing.title, rows, values[0], tuple(photos))
    )


def _free_folder(wanted: str, taken: set[str]) -> str:
    """``wanted``, or with a number behind it; file systems that ignore case see no clash either."""
    lower = {name.lower() for name in taken}
    name, number = wanted, 1
    while name.lower() in lower:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _form(profile: Profile, desk: Desk, found: _Collected) -> hand_over.Form:
    producer, life = desk.producer, profile.lifecycle
    standing = f"{LIFECYCLES[life.state]}, theo {life.source}, ngày {life.as_of:%d/%m/%Y}."
    told = (
        producer.place,
        f"Người liên hệ: {producer.contact}" if producer.contact else "",
        f"Điện thoại: {producer.phone}" if producer.phone else "",
    )
    return hand_over.Form(
        title=f"Phiếu bàn giao sản phẩm: {profile.label}",
        about=(
            f"{bounded(producer.name)}. Ngày lập {desk.day:%d/%m/%Y}.",
            *(bounded(line) for line in told if line),
        ),
        notes=(
            *(() if profile.is_active else (f"{profile.label}: {standing}", life.note)),
            *profile.help,
        ),
        products=tuple(found.forms),
        included=tuple(found.included),
        missing=tuple(found.missing),
        **({"nothing": _NOTHING_NEW} if found.updates.files else {}),
    )


def _notes(profile: Profile, desk: Desk, channel: Sequence[Finding]) -> list[str]:
    life = profile.lifecycle
    made = "; ".join(f"{level}: {FIDELITIES[level]}" for level in profile.fidelity)
    lines = [
        f"Kênh: {profile.label}. Hồ sơ kênh kiểm tra ngày {profile.checked_on:%d/%m/%Y}.",
        f"Mức: {made or LEVELS[profile.level]}.",
        f"Nguồn của hồ sơ kênh: {profile.source}.",
        f"Cơ sở: {bounded(desk.producer.name)}. Ngày lập: {desk.day:%d/%m/%Y}.",
    ]
    if life.note:
        lines.append(life.note)
    lines += [f"Lưu ý: {finding.why % finding.params}" for finding in channel]
    lines += [f"Bước {number}: {step}" for number, step in enumerate(profile.help, start=1)]
    return lines


def _readme_updates(told: Told) -> list[str]:
    if not told.files:
        return []
    lines = [f"- {FILE}: giá và tồn đã đổi từ lần xuất trước, từng mã hàng, để dò và gõ lại"]
    if told.notes:
        lines += [f"- {FOLDER}/: lời gọi API chỉ mang giá, tồn đã đổi (không tự gửi đi)"]
        lines += [f"  {line}" for line in told.notes]
    lines += ["  Mẫu cập nhật hàng loạt của sàn mang mã bài đăng của riêng gian hàng: hãy tải từ"]
    lines += ["  trang bán hàng của sàn."]
    return lines + [f"  Chưa lập được lời gọi: {line}" for line in told.refused]


def _readme(
    profile: Profile,
    head: str,
    verdicts: Sequence[Assessed],
    notes: Sequence[str],
    found: _Collected,
    sheet: SheetOutcome,
) -> bytes:
    behind = [item for item in verdicts if item.status == "blocked"]
    lines = [head, "", *notes, "", "TRONG GÓI NÀY"]
    lines += readme_lines(sheet, len(found.rows), found.groups)
    if profile.level == "hand_over":
        lines += [f"- {HAND_OVER_PDF}: phiếu in khổ A4; {HAND_OVER_PAGE}: cùng nội dung, đủ ảnh"]
        lines += [f"- {line}" for line in found.included]
    lines += [
        f"- {PHOTOS}/<SKU>/01.jpg…: ảnh JPEG theo mã hàng",
        "- report.html, report.json: báo cáo kiểm tra, có đường dẫn tới chỗ cần sửa",
    ]
    lines += _readme_updates(found.updates)
    if found.calls:
        lines += ["", "GÓI DỮ LIỆU THEO API (payload/, không tự gửi đi; người vận hành điền thêm)"]
        lines += [f"- {line}" for line in found.calls]
    if found.refused:
        lines += ["", "CHƯA LẬP ĐƯỢC GÓI DỮ LIỆU API", *(f"- {line}" for line in found.refused)]
    if found.missing:
        lines += ["", "GIẤY CÒN THIẾU", *(f"- {line}" for line in found.missing)]
    if behind:
        lines += ["", "CHƯA ĐƯA VÀO VÌ CÓ LỖI"]
        for item in behind:
            lines.append(f"- {bounded(item.product.name)[:200]}")
            for finding in item.refusals:
                why, fix = finding.why % finding.params, finding.fix % finding.params
                lines.append(f"    [{finding.code}] {why} {fix}")
    return ("\n".join(lines) + "\n").encode()


def _file_data(name: str, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _json(report: Mapping[str, Any]) -> bytes:
    return (json.dumps(report, ensure_ascii=False, indent=2) + "\n").encode()
