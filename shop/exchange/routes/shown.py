"""A lot's documents as answers: EPCIS, the dossier. Shared by the desk and the inspectors."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from shop.catalogue.queries import valid_certificates
from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.core import clock
from shop.core.text import N_
from shop.exchange import dossier, queries
from shop.exchange.rules import epcis
from shop.traceability import queries as trace
from shop.traceability.models import Lot
from shop.traceability.routes.links import HEIGHT, WIDTH, draw
from shop.traceability.routes.show import shown_events
from shop.traceability.rules import codes
from shop.traceability.rules.balance import UNIT_LABELS
from shop.web.i18n import gettext as _
from shop.web.i18n import show_date, show_datetime
from shop.web.request import house

JSON_LD = "application/ld+json"
STATES = {
    "open": N_("Đang làm"),
    "released": N_("Đang bán"),
    "on_hold": N_("Tạm giữ"),
    "recalled": N_("Thu hồi"),
    "closed": N_("Đã đóng"),
}
KINDS = {
    "raw": N_("Nguyên liệu"),
    "semi": N_("Bán thành phẩm"),
    "finished": N_("Thành phẩm"),
}
MOST_DRAWN = 30


def epcis_answer(
    db: Session, lot_ids: Sequence[int], *, address: str, with_inner: bool, name: str = ""
) -> Response:
    """The lots as one EPCIS document; the same journals give the same bytes."""
    root = house().public_url
    told = queries.told_lots(db, lot_ids, root=root, with_inner=with_inner)
    events = [event for one in told for event in epcis.events_of(one.view, one.words, root=root)]
    times = [word.recorded_at for one in told for word in one.words]
    created = max([*times, *(one.lot.created_at for one in told)], default=clock.now())
    content = epcis.document(events, address=root + address, root=root, created=created)
    answer = Response(json.dumps(content, ensure_ascii=False, indent=1), mimetype=JSON_LD)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def dossier_answer(db: Session, lot: Lot, *, now: datetime) -> Response:
    """The lot's dossier as a PDF in the page's language, with what only its maker may read."""
    (told,) = queries.told_lots(db, [lot.id], root=house().public_url)
    checked = trace.check_lot(db, lot)
    tree = trace.genealogy(db, lot.id)
    entries = shown_events(trace.events_of(db, lot.id), with_inner=True)
    address = f"{house().public_url}{trace.code_url(lot.code)}"
    made = dossier.Dossier(
        title=_("Hồ sơ truy xuất nguồn gốc"),
        subtitle=f"{told.product.name} · {_('lô %(lot)s', lot=lot.lot_no)}",
        address=address.upper(),
        facts=_facts(lot, told, address),
        integrity=_integrity(lot, checked, now),
        is_whole=checked.fault is None,
        sections=(
            _journal(entries),
            _relatives(tree),
            _papers(db, told, clock.today_vn(now)),
        ),
        footer=_("In từ %(address)s lúc %(at)s", address=house().public_url, at=show_datetime(now)),
        drawing=_drawing(tree) if 1 < len(tree.nodes) <= MOST_DRAWN else None,
        drawing_title=_("Phả hệ của lô"),
    )
    answer = Response(dossier.make_pdf(made), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="ho-so-{lot.code}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _facts(lot: Lot, told: Any, address: str) -> tuple[tuple[str, str], ...]:
    unit = _(UNIT_LABELS[lot.uom])
    pairs = (
        (_("Sản phẩm"), told.product.name),
        (_("Loại lô"), _(KINDS[lot.kind]) + (f" · {lot.material}" if lot.material else "")),
        (_("Mã truy xuất"), f"{codes.grouped(lot.code)} · {address}"),
        (_("Số lượng"), f"{lot.quantity} {unit}"),
        (_("Ngày sản xuất"), show_date(lot.made_on)),
        (_("Ngày đóng gói"), show_date(lot.packed_on)),
        (_("Hạn dùng"), show_date(lot.best_before)),
        (_("Trạng thái"), _(STATES[lot.state])),
        (_("Người làm ra"), told.producer.name),
        (_("Địa chỉ"), told.producer.address),
        (_("Nơi sản xuất"), told.place),
        (_("Mã địa điểm GLN"), told.gln),
        (_("Tên lô trong EPCIS"), told.view.class_id),
    )
    return tuple((label, value) for label, value in pairs if value)


def _integrity(lot: Lot, checked: Any, now: datetime) -> str:
    at = show_datetime(now)
    if checked.fault is not None:
        return _(
            "Chuỗi nhật ký KHÔNG nguyên vẹn: hỏng từ mục %(seq)s. Kiểm tra lúc %(at)s.",
            seq=checked.fault.seq,
            at=at,
        )
    said = _(
        "Chuỗi nhật ký nguyên vẹn: %(count)s mục, kiểm tra lúc %(at)s. Mã băm cuối: %(hash)s.",
        count=checked.count,
        at=at,
        hash=lot.head_hash,
    )
    if not checked.anchors:
        return said
    days = ", ".join(show_date(day) for day in checked.anchors)
    return f"{said}\n" + _("Khớp mốc công khai các ngày %(days)s.", days=days)


def _journal(entries: Sequence[Any]) -> dossier.Section:
    rows = tuple(
        (
            str(entry.seq),
            show_datetime(entry.at),
            entry.title
            + (f"\n{_('sửa mục %(seq)s', seq=entry.corrects)}" if entry.corrects else ""),
            "\n".join(f"{label}: {value}" for label, value in entry.facts),
            entry.hash[:12],
        )
        for entry in entries
    )
    return dossier.Section(
        title=_("Nhật ký"),
        header=(_("Mục"), _("Lúc"), _("Việc"), _("Nội dung"), _("Mã băm")),
        rows=rows,
        widths=(8, 26, 24, 56, 26),
        empty=_("Nhật ký của lô còn trống."),
    )


def _relatives(tree: trace.Genealogy) -> dossier.Section:
    def row(edge: trace.Edge) -> tuple[str, ...]:
        parent, child = tree.nodes[edge.parent], tree.nodes[edge.child]
        return (
            f"{parent.name} · {parent.lot_no} ({codes.grouped(parent.code)})",
            f"{edge.quantity} {_(UNIT_LABELS[parent.uom])}",
            f"{child.name} · {child.lot_no} ({codes.grouped(child.code)})",
        )

    return dossier.Section(
        title=_("Lô nào vào lô nào"),
        header=(_("Từ lô"), _("Đã dùng"), _("Vào lô")),
        rows=tuple(row(edge) for edge in tree.edges),
        widths=(10, 4, 10),
        empty=_("Lô này không nối với lô nào khác."),
    )


def _papers(db: Session, told: Any, today: Any) -> dossier.Section:
    papers = valid_certificates(db, told.product.id, today)
    return dossier.Section(
        title=_("Giấy tờ còn hiệu lực hôm nay"),
        header=(_("Giấy tờ"), _("Số"), _("Nơi cấp"), _("Cấp ngày"), _("Đến ngày")),
        rows=tuple(
            (
                _(CERTIFICATE_KINDS[paper.kind])
                + (f" {paper.stars}★" if paper.stars else "")
                + (f" ({_('minh họa')})" if paper.is_illustration else ""),
                paper.certificate_no or paper.decision_no,
                paper.issuer,
                show_date(paper.issued_on),
                show_date(paper.expires_on),
            )
            for paper in papers
        ),
        widths=(30, 26, 34, 18, 18),
        empty=_("Không có giấy tờ nào đang hiệu lực trên hệ thống."),
    )


def _drawing(tree: trace.Genealogy) -> dossier.Drawing:
    picture = draw(tree)
    places = {box.node.lot_id: box for box in picture.boxes}
    return dossier.Drawing(
        width=picture.width,
        height=picture.height,
        box=(WIDTH, HEIGHT),
        boxes=tuple(
            dossier.Box(box.x, box.y, box.node.lot_no, box.node.name, box.is_focus)
            for box in picture.boxes
        ),
        lines=tuple(
            (
                places[edge.parent].x + WIDTH,
                places[edge.parent].y + HEIGHT // 2,
                places[edge.child].x,
                places[edge.child].y + HEIGHT // 2,
            )
            for edge in tree.edges
        ),
    )
