"""The readiness report of one product, one channel or a whole shop, as data and as a PDF."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from shop.marketplaces.queries import UnknownProduct
from shop.marketplaces.rules.codes import CODES
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import (
    NOT_CHECKED,
    Assessed,
    Desk,
    Finding,
    assess,
    channel_findings,
)
from shop.marketplaces.services.bundle import reports
from shop.traceability.labels.layout import BOLD, REGULAR, load_fonts

PRINTED: Final = 200
"""Products of a channel that a PDF tells of; more are in the JSON."""

_COLORS: Final = {"refuse": "#b4232c", "warn": "#7a5600", "info": "#35448a"}


@dataclass(frozen=True)
class ChannelReport:
    """A channel with its products' verdicts and what holds for all of them."""

    profile: Profile
    desk: Desk
    assessed: tuple[Assessed, ...]
    about: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Verdicts, and findings of what is not taken off the channel."""
        shown = [item for item in self.assessed if item.status != "excluded"]
        return {
            "ready": sum(item.status == "ready" for item in shown),
            "blocked": sum(item.status == "blocked" for item in shown),
            "excluded": len(self.assessed) - len(shown),
            "refusals": sum(len(item.refusals) for item in shown),
            "warnings": sum(len(item.warnings) for item in shown),
            "notes": sum(len(item.notes) for item in shown),
        }

    def of(self, product_id: int) -> Assessed:
        """One product's verdict. Raises UnknownProduct."""
        for item in self.assessed:
            if item.product.id == product_id:
                return item
        raise UnknownProduct


def report_on(
    profiles: Sequence[Profile], desks: Mapping[str, Desk], market_words: frozenset[str]
) -> list[ChannelReport]:
    """Every product of the desks judged on every one of the channels."""
    found = []
    for profile in profiles:
        desk = desks[profile.slug]
        about = channel_findings(profile, desk.public_url, desk.template, desk.day)
        assessed = tuple(assess(profile, desk, market_words))
        found.append(ChannelReport(profile, desk, assessed, tuple(about)))
    return found


def only_product(found: Sequence[ChannelReport], product_id: int) -> list[ChannelReport]:
    """The same reports about a single product. Raises UnknownProduct."""
    return [replace(one, assessed=(one.of(product_id),)) for one in found]


@dataclass(frozen=True)
class CodeCount:
    """How many listings a code is found on; ``severity`` is the hardest among them."""

    code: str
    severity: str
    listings: int
    channels: tuple[str, ...]

    @property
    def fix(self) -> str:
        """Msgid of what to do."""
        return CODES[self.code].fix


def most_found(found: Sequence[ChannelReport]) -> list[CodeCount]:
    """Codes by how hard they are and how many listings have them: what to mend first."""
    listings: Counter[str] = Counter()
    channels: dict[str, dict[str, None]] = {}
    hardest: dict[str, str] = {}
    order = list(_COLORS)
    for one in found:
        for item in one.assessed:
            if item.status == "excluded":
                continue
            for code, severity in {f.code: f.severity for f in reversed(item.findings)}.items():
                listings[code] += 1
                channels.setdefault(code, {}).setdefault(one.profile.label)
                hardest[code] = min(hardest.get(code, "info"), severity, key=order.index)
    return sorted(
        (
            CodeCount(code, hardest[code], count, tuple(channels[code]))
            for code, count in listings.items()
        ),
        key=lambda one: (order.index(one.severity), -one.listings, one.code),
    )


def report_data(found: Sequence[ChannelReport]) -> dict[str, Any]:
    """The whole report for programs; sentences are Vietnamese."""
    first = found[0].desk
    return {
        "schema": reports.SCHEMA,
        "producer": {"slug": first.producer.slug, "name": first.producer.name},
        "day": first.day.isoformat(),
        "channels": [
            reports.report_data(one.profile, one.desk, one.assessed, one.about, {}, [])
            for one in found
        ],
        "not_checked": list(NOT_CHECKED),
    }


# The printed report


def report_pdf(found: Sequence[ChannelReport]) -> bytes:
    """The report as A4 pages; the same findings give the same bytes."""
    load_fonts()
    out = io.BytesIO()
    desk = found[0].desk
    title = f"Báo cáo kiểm tra trước khi đăng, {desk.day:%d/%m/%Y}"
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=title,
        author="Chợ Phiên",
        invariant=1,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
    )
    story: list[Flowable] = [
        _line(escape(title), 16, bold=True, color="#1e2a57"),
        _line(escape(desk.producer.name), 11, after=6),
    ]
    for one in found:
        story += _channel(one)
    story.append(_line("Không kiểm tra được từ đây", 12.5, bold=True, color="#1e2a57", before=12))
    story += [_line(f"• {escape(words)}", 9) for words in NOT_CHECKED]
    document.build(story)
    return out.getvalue()


def _line(
    markup: str,
    size: float,
    *,
    bold: bool = False,
    color: str = "#23211d",
    before: float = 0,
    after: float = 2,
    indent: float = 0,
) -> Paragraph:
    style = ParagraphStyle(
        f"{size}{bold}{color}{before}{after}{indent}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.45,
        textColor=HexColor(color),
        spaceBefore=before,
        spaceAfter=after,
        leftIndent=indent,
    )
    return Paragraph(markup, style)


def _channel(one: ChannelReport) -> list[Flowable]:
    profile, counts = one.profile, one.counts
    drawn: list[Flowable] = [
        _line(escape(profile.label), 13, bold=True, color="#1e2a57", before=12),
        _line(
            f"Sẵn sàng {counts['ready']}, bị chặn {counts['blocked']}, phải sửa "
            f"{counts['refusals']}, nên xem {counts['warnings']}. Hồ sơ kênh "
            f"{escape(profile.version)}, nguồn: {escape(profile.source)}.",
            9,
            color="#6b655b",
        ),
    ]
    for finding in one.about:
        drawn += _finding(finding, one.desk.public_url)
    told = [item for item in one.assessed if item.findings and item.status != "excluded"]
    for item in told[:PRINTED]:
        name = item.listing.title if item.listing else item.product.name
        status = reports.STATUSES[item.status]
        drawn.append(_line(f"{escape(name[:200])} ({status})", 10.5, bold=True, before=7))
        for finding in item.findings:
            drawn += _finding(finding, one.desk.public_url)
    if len(told) > PRINTED:
        more = f"Còn {len(told) - PRINTED} sản phẩm nữa: xem báo cáo JSON."
        drawn.append(_line(more, 9, color="#6b655b"))
    drawn.append(Spacer(0, 4))
    return drawn


def _finding(finding: Finding, public_url: str) -> list[Flowable]:
    data = reports.finding_data(finding, public_url)
    color = _COLORS[finding.severity]
    label = reports.SEVERITIES[finding.severity]
    link = quoteattr(data["fix_url"])
    return [
        _line(
            f'<font name="{BOLD}" color="{color}">{label}</font> {escape(data["why"])}',
            9,
            indent=8,
            after=0,
        ),
        _line(
            f'{escape(data["fix"])} <a href={link} color="#35448a">Đến chỗ cần sửa</a>'
            f'<font color="#6b655b"> · {finding.code} · {escape(data["certainty_text"])}'
            f"{escape(': ' + finding.source if finding.source else '')}</font>",
            8.5,
            indent=8,
            after=3,
        ),
    ]
