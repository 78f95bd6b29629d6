"""One parcel on one page (a label) or on as many as its goods need (a slip); nothing is cut off.

A page is a stack of blocks from top to bottom. Type is as large as the page allows; a label that
does not fit at the smallest size gives up the end of the buyer's note, and says so. Places are
millimetres from the page's upper left corner. What is printed is Vietnamese: carriers read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics

from shop.core.money import format_vnd
from shop.shipping.rules.papers import Goods, PageSize, Paper, grams, hidden_phone
from shop.traceability.labels.layout import BOLD, LEAST_MODULE_MM, REGULAR, Text, load_fonts, wrap
from shop.traceability.labels.symbols import QUIET_MODULES, qr_rows

MARGIN: Final = 4.0
_LEADING: Final = 1.26
_SCALES: Final = (1.3, 1.2, 1.1, 1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.54)
_SLIP_SCALE: Final = 0.76
"""A slip that does not fit at this size goes on to another page rather than become unreadable."""
_TRACE_MM: Final = 15.0
_ORDER_MM: Final = 17.0
NOTE_GOES_ON: Final = "… (ghi chú còn tiếp trên trang đơn)"


@dataclass(frozen=True)
class Frame:
    """The outline of a rectangle, or (``is_filled``) a filled one."""

    x: float
    y: float
    width: float
    height: float
    is_filled: bool = False


@dataclass(frozen=True)
class Qr:
    """A QR with its quiet zone; ``x`` and ``y`` are its outer corner."""

    x: float
    y: float
    module: float
    address: str


Item = Text | Frame | Qr


@dataclass(frozen=True)
class Block:
    """Things that stay together; places count from the block's upper edge."""

    height: float
    items: tuple[Item, ...]


Pages = list[list[Item]]


def label_pages(paper: Paper, size: PageSize) -> Pages:
    """The label that goes on the parcel: exactly one page."""
    load_fonts()
    paper = printable(paper)
    for scale in _SCALES:
        pages = _stack(_label(paper, size, scale * size.scale), size)
        if len(pages) == 1:
            return pages
    return label_pages(replace(paper, note=shorter(paper.note)), size)


def slip_pages(paper: Paper, size: PageSize) -> Pages:
    """The slip that goes into the parcel: one page, or more when there is much in it."""
    load_fonts()
    paper = printable(paper)
    for scale in _SCALES:
        blocks = _slip(paper, size, scale * size.scale)
        pages = _stack(blocks, size)
        if len(pages) == 1:
            return pages
        if scale <= _SLIP_SCALE:
            break
    return [*pages[:1], *(_continued(page, paper, n) for n, page in enumerate(pages[1:], 2))]


def shorter(note: str) -> str:
    """The note without its last third, and a remark that it goes on."""
    words = note.removesuffix(NOTE_GOES_ON).split()
    kept = " ".join(words[: len(words) * 2 // 3])[: max(0, len(note) * 2 // 3)]
    return f"{kept}{NOTE_GOES_ON}" if kept else ""


def printable(paper: Paper) -> Paper:
    """The paper with characters the font lacks (emoji, other scripts) as a question mark."""
    goods = tuple(
        replace(item, name=_known(item.name), lot_no=_known(item.lot_no)) for item in paper.goods
    )
    return replace(
        paper,
        sender=_known(paper.sender),
        sender_place=_known(paper.sender_place),
        sender_phone=_known(paper.sender_phone),
        recipient=_known(paper.recipient),
        street=_known(paper.street),
        place=_known(paper.place),
        note=_known(paper.note),
        carrier=_known(paper.carrier),
        tracking_no=_known(paper.tracking_no),
        goods=goods,
    )


def _known(text: str) -> str:
    glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return "".join(char if char == "\n" or ord(char) in glyphs else "?" for char in text)


def _stack(blocks: Sequence[Block], size: PageSize) -> Pages:
    pages: Pages = [[]]
    top = MARGIN
    for block in blocks:
        if top + block.height > size.height - MARGIN and pages[-1]:
            pages.append([])
            top = MARGIN + 8.0
        pages[-1] += [replace(item, y=item.y + top) for item in block.items]
        top += block.height
    return pages


def _continued(items: list[Item], paper: Paper, number: int) -> list[Item]:
    head = f"{paper.code} · tiếp theo, trang {number}"
    return [Text(MARGIN, MARGIN + 3.4, head, BOLD, 8.0), *items]


def _label(paper: Paper, size: PageSize, scale: float) -> list[Block]:
    return [
        _head(paper, size, scale),
        _recipient(paper, size, scale, is_inside=False),
        _money(paper, size, scale),
        _carriage(paper, size, scale),
        *_traces(paper, size, scale, rows=1),
    ]


def _slip(paper: Paper, size: PageSize, scale: float) -> list[Block]:
    title = "PHIẾU ĐÓNG GÓI" + (" (dự kiến)" if paper.is_proposal else "")
    return [
        _head(paper, size, scale, title),
        _recipient(paper, size, scale, is_inside=True),
        _money(paper, size, scale * 0.8),
        _carriage(paper, size, scale),
        *(_goods(item, size, scale) for item in paper.goods),
        *_traces(paper, size, scale, rows=None),
    ]


@dataclass
class _Column:
    """Text set from top to bottom."""

    x: float
    width: float
    y: float = 0.0

    def __post_init__(self) -> None:
        self.items: list[Item] = []

    def write(self, text: str, points: float, font: str = REGULAR) -> None:
        """One paragraph; an empty one takes no room."""
        for row in wrap(text, font, points, self.width * mm):
            self.y += points * _LEADING / mm
            self.items.append(Text(self.x, self.y - points * 0.24 / mm, row, font, points))


def qr_module(address: str, side_mm: float) -> float:
    """How wide a module is when the symbol is ``side_mm`` or, if need be, larger."""
    return max(LEAST_MODULE_MM, side_mm / len(qr_rows(address))) * 1.02


def _outer(address: str, module: float) -> float:
    return (len(qr_rows(address)) + 2 * QUIET_MODULES) * module


def _head(paper: Paper, size: PageSize, scale: float, title: str = "") -> Block:
    """Sender on the left, the order's QR with its code on the right."""
    module = qr_module(paper.qr, _ORDER_MM)
    side = _outer(paper.qr, module)
    left = size.width - MARGIN - side
    column = _Column(MARGIN, left - MARGIN - 1.0)
    column.write(title, 10 * scale, BOLD)
    column.write("Người gửi", 7 * scale)
    column.write(paper.sender, 10.5 * scale, BOLD)
    column.write(paper.sender_place, 8 * scale)
    column.write(f"ĐT: {paper.sender_phone}" if paper.sender_phone else "", 8 * scale)
    part = f"Kiện {paper.number}/{paper.of}" if paper.of > 1 else ""
    column.write(part, 11 * scale, BOLD)
    middle = left + side / 2
    below = side - module * QUIET_MODULES + 3.4
    code = Text(middle, below, paper.code, BOLD, 9.0, is_centred=True)
    height = max(column.y, below + 1.0) + 1.5
    return Block(height, (*column.items, Qr(left, 0.0, module, paper.qr), code))


def _recipient(paper: Paper, size: PageSize, scale: float, *, is_inside: bool) -> Block:
    """Name, phone and address in a frame; inside the parcel the phone is mostly hidden."""
    column = _Column(MARGIN + 2.0, size.width - 2 * MARGIN - 4.0, 1.0)
    column.write("Người nhận", 7 * scale)
    column.write(paper.recipient, 13 * scale, BOLD)
    phone = hidden_phone(paper.recipient_phone) if is_inside else paper.recipient_phone
    column.write(f"ĐT: {phone}", (8 if is_inside else 13) * scale, REGULAR if is_inside else BOLD)
    column.write(f"{paper.street}, {paper.place}", (8.5 if is_inside else 10.5) * scale)
    column.y += 1.6
    frame = Frame(MARGIN, 0.0, size.width - 2 * MARGIN, column.y)
    return Block(column.y + 1.5, (frame, *column.items))


def _money(paper: Paper, size: PageSize, scale: float) -> Block:
    """The money in the largest type of the page, or that there is none to collect."""
    width = size.width - 2 * MARGIN
    if paper.cod_vnd:
        small, large = "THU HỘ (COD)", format_vnd(paper.cod_vnd).replace("\u00a0", " ")
    else:
        small, large = "không thu tiền", "ĐÃ THANH TOÁN"
    points = min(30 * scale, _widest(large, width - 6.0))
    middle = size.width / 2
    y = 1.2 + 8 * scale * _LEADING / mm
    first = Text(middle, y - 0.8, small, BOLD, 9 * scale, is_centred=True)
    y += points * 1.05 / mm
    second = Text(middle, y - points * 0.12 / mm, large, BOLD, points, is_centred=True)
    if not paper.cod_vnd:
        first, second = replace(first, y=y + 1.8 * scale), replace(second, y=second.y - 2.6 * scale)
        y += 2.8 * scale
    height = y + 1.4
    return Block(height + 1.5, (Frame(MARGIN, 0.0, width, height), first, second))


def _widest(text: str, width: float) -> float:
    return float(width * mm / pdfmetrics.stringWidth(text, BOLD, 1.0))


def _carriage(paper: Paper, size: PageSize, scale: float) -> Block:
    """Weight and count, carrier and number, the note."""
    column = _Column(MARGIN, size.width - 2 * MARGIN)
    column.write(f"Khối lượng: {grams(paper.weight_g)} · {paper.units} món", 9 * scale, BOLD)
    carrier = " · ".join(part for part in (paper.carrier, paper.tracking_no) if part)
    column.write(f"Vận chuyển: {carrier}" if carrier else "", 9 * scale, BOLD)
    note = " ".join(paper.note.split())
    column.write(f"Ghi chú: {note}" if note else "", 8.5 * scale)
    return Block(column.y + 1.2, tuple(column.items))


def _goods(item: Goods, size: PageSize, scale: float) -> Block:
    """A line of the slip: units, name, lot."""
    figure = 8.5 * scale
    units = _Column(MARGIN, figure)
    units.write(f"{item.units} ×", 9 * scale, BOLD)
    column = _Column(MARGIN + figure, size.width - 2 * MARGIN - figure)
    column.write(item.name, 9 * scale)
    column.write(f"Lô {item.lot_no}" if item.lot_no else "", 7.5 * scale, BOLD)
    height = max(column.y, units.y) + 1.0
    rule = Frame(MARGIN, height - 0.5, size.width - 2 * MARGIN, 0.15, is_filled=True)
    return Block(height, (*units.items, *column.items, rule))


def _traces(paper: Paper, size: PageSize, scale: float, rows: int | None) -> list[Block]:
    """The lots' QRs in rows; a label has room for one row and names how many more there are."""
    known: dict[str, str] = {}
    for item in paper.goods:
        if item.trace:
            known.setdefault(item.trace, item.lot_no)
    if not known:
        return []
    module = max(qr_module(address, _TRACE_MM) for address in known)
    side = max(_outer(address, module) for address in known)
    in_row = max(1, int((size.width - 2 * MARGIN) // (side + 1.0)))
    lots = list(known.items())
    shown = lots if rows is None else lots[: rows * in_row]
    head = _Column(MARGIN, size.width - 2 * MARGIN)
    more = len(lots) - len(shown)
    rest = f" (và {more} lô khác, xem phiếu trong kiện)" if more else ""
    head.write(f"Quét để xem hành trình của lô hàng{rest}", 7.5 * scale)
    blocks = [
        _trace_row(shown[at : at + in_row], side, module) for at in range(0, len(shown), in_row)
    ]
    first = blocks[0]
    moved = (replace(item, y=item.y + head.y) for item in first.items)
    return [Block(head.y + first.height, (*head.items, *moved)), *blocks[1:]]


def _trace_row(lots: Sequence[tuple[str, str]], side: float, module: float) -> Block:
    items: list[Item] = []
    lowest = 0.0
    for place, (address, lot_no) in enumerate(lots):
        x = MARGIN + place * (side + 1.0)
        own = _outer(address, module)
        items.append(Qr(x, 0.0, module, address))
        caption = _Column(x, side, own - module * 2.0)
        caption.write(f"Lô {lot_no}" if lot_no else "", 6.5, BOLD)
        items += caption.items
        lowest = max(lowest, caption.y, own)
    return Block(lowest + 1.0, tuple(items))
