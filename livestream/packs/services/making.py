"""The files of a pack. The same session gives the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from livestream.clubs.policies import Policy, policy_of
from livestream.packs.rules import Advice, Good, advise, description, flash_span, platform_id
from livestream.runsheets.queries import Line, Sheet, load_sheet
from livestream.runsheets.rules.sheet import KIND_LABELS
from livestream.sessions.models import LiveSession
from livestream.sessions.queries.plans import listed_addresses
from livestream.sessions.timing import VN, price_span
from shop.core.tables import csv_bytes
from shop.marketplaces.services.bundle.archive import pack


def make_pack(
    db: Session,
    *,
    live: LiveSession,
    platform: str,
    address: str,
    cover: bytes | None,
    now: datetime,
) -> bytes:
    """A zip for one platform: title, cover, product set with the platform's ids, cue sheet, flash
    table, its rules and the words to reconsider.

    ``address``: the session's public page; ``cover``: a JPEG. Nothing in it tells when it was made.
    """
    sheet = load_sheet(db, live, now=now)
    policy = policy_of(platform)
    shown = [line for line in sheet.lines if line.part.kind == "product"]
    listed = listed_addresses(db, {line.row.sale.product_id for line in shown if line.row})
    about = description(live.about, address, policy)
    when = (
        f"{_clock(live.starts_at)}–{_clock(live.ends_at)} {live.starts_at.astimezone(VN):%d/%m/%Y}"
    )
    said = [*policy.shop_requirements, *policy.show, *policy.link, *policy.say]
    files = {
        "tieu-de.txt": _text([live.title, when, "", about]),
        "san-pham.csv": _products(shown, listed, platform),
        "bang-chay.csv": _cues(sheet),
        "gia-chop-nhoang.csv": _flash(live, shown, policy),
        "quy-dinh-kenh.txt": _text([policy.name, *said, "", policy.source]),
        "can-xem-lai.txt": _text(_told(_advice(live, shown, listed, policy))),
    }
    if cover is not None:
        files["bia.jpg"] = cover
    return pack(files)


def _text(lines: Sequence[str]) -> bytes:
    return ("\r\n".join(lines).strip() + "\r\n").encode("utf-8-sig")


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(VN):%H:%M}"


def _products(
    shown: Sequence[Line], listed: Mapping[int, Mapping[str, str]], platform: str
) -> bytes:
    rows = []
    for line in shown:
        if line.row is None:
            continue
        sale, item = line.row.sale, line.row.item
        address = listed.get(sale.product_id, {}).get(platform, "")
        rows.append(
            [
                item.short_code,
                sale.product_name,
                sale.label,
                sale.sku,
                platform_id(platform, address),
                address,
                sale.price_vnd,
                item.live_price_vnd,
                item.set_aside,
            ]
        )
    head = ["Mã", "Sản phẩm", "Loại", "SKU", "Mã trên kênh", "Địa chỉ trên kênh"]
    return csv_bytes([*head, "Giá thường (đ)", "Giá live (đ)", "Để riêng"], rows)


def _cues(sheet: Sheet) -> bytes:
    rows = [
        [
            _clock(line.timed.starts_at),
            line.part.minutes,
            KIND_LABELS[line.part.kind],
            line.row.item.short_code if line.row else "",
            line.row.sale.product_name if line.row else line.part.title,
            "\n".join(point.text % point.params for point in line.points),
            line.words,
            line.part.note,
        ]
        for line in sheet.lines
    ]
    head = ["Giờ", "Phút", "Phần", "Mã", "Nội dung", "Điều nói được", "Lời dẫn", "Ghi chú"]
    return csv_bytes(head, rows)


def _flash(live: LiveSession, shown: Sequence[Line], policy: Policy) -> bytes:
    rows = []
    for line in shown:
        item = line.row.item if line.row else None
        if line.row is None or item is None or item.live_price_vnd is None:
            continue
        starts, ends = flash_span(
            *_price_span(live, line), shown_at=line.timed.starts_at, policy=policy
        )
        rows.append(
            [
                item.short_code,
                line.row.sale.product_name,
                item.live_price_vnd,
                _clock(starts),
                _clock(ends),
                item.price_cap or item.set_aside or None,
                item.per_buyer,
            ]
        )
    head = ["Mã", "Sản phẩm", "Giá (đ)", "Từ", "Đến", "Tối đa", "Mỗi người mua"]
    return csv_bytes(head, rows)


def _price_span(live: LiveSession, line: Line) -> tuple[datetime, datetime]:
    """When the live price of a line holds; empty without one."""
    item = line.row.item if line.row else None
    if item is None or item.live_price_vnd is None:
        return live.starts_at, live.starts_at
    return price_span(live.starts_at, live.ends_at, item.price_from_minute, item.price_minutes)


def advice_by_platform(
    db: Session, *, live: LiveSession, platforms: Sequence[str], now: datetime
) -> dict[str, list[Advice]]:
    """What to see to before the pack of each platform is used; as ``can-xem-lai.txt`` says it."""
    shown = [line for line in load_sheet(db, live, now=now).lines if line.part.kind == "product"]
    listed = listed_addresses(db, {line.row.sale.product_id for line in shown if line.row})
    return {slug: _advice(live, shown, listed, policy_of(slug)) for slug in platforms}


def _advice(
    live: LiveSession,
    shown: Sequence[Line],
    listed: Mapping[int, Mapping[str, str]],
    policy: Policy,
) -> list[Advice]:
    goods = []
    for line in shown:
        if line.row is None:
            continue
        starts, ends = _price_span(live, line)
        address = listed.get(line.row.sale.product_id, {}).get(policy.slug, "")
        goods.append(
            Good(
                line.row.item.short_code,
                line.row.sale.stars,
                line.words,
                has_id=bool(platform_id(policy.slug, address)),
                flash_minutes=int((ends - starts).total_seconds()) // 60,
            )
        )
    return advise(policy, f"{live.title}. {live.about}", goods)


def _told(found: Sequence[Advice]) -> list[str]:
    """Advice as lines of a file, in Vietnamese as the rest of the pack."""
    lines = [
        (f"{one.code}: " if one.code else "")
        + one.text % one.params
        + (f" ({one.source})" if one.source else "")
        for one in found
    ]
    return lines or ["Không có gì cần xem lại."]
