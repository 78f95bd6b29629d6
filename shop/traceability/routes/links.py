"""Raw and semi-finished lots, what went into what, and the picture of it."""

from collections import defaultdict
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.traceability import queries, services
from shop.traceability.forms import InputForm, MaterialLotForm, fresh_key
from shop.traceability.models import Lot
from shop.traceability.rules.balance import UNIT_LABELS, layers
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

bp = Blueprint("lot_links", __name__)

MOST_DRAWN = 60
"""Lots in the picture; more are only in the table."""
COLUMN, ROW, WIDTH, HEIGHT = 250, 76, 180, 56
HALF, BEND = HEIGHT // 2, (COLUMN - WIDTH) // 2

Answer = BaseResponse | tuple[str, int]


def _mine() -> list[int]:
    return list(actor().producers)


# Raw and semi-finished lots


def _material_page(form: MaterialLotForm, status: int = 200) -> tuple[str, int]:
    return render_template("traceability/new_material.html", form=form), status


def _offer_products(form: MaterialLotForm) -> None:
    products = queries.products_for_lots(read_session(), _mine())
    form.product_id.choices = [(str(p.id), p.name) for p in products if p.is_lot_tracked]


@bp.get("/ban-hang/lo/nguyen-lieu/moi")
@role("producer")
def new_material() -> Answer:
    """The form that opens a raw or semi-finished lot."""
    form = MaterialLotForm(submit_key=fresh_key(), made_on=clock.today_vn(clock.now()))
    _offer_products(form)
    return _material_page(form)


@bp.post("/ban-hang/lo/nguyen-lieu")
@role("producer")
def open_material() -> Answer:
    """Open a raw or semi-finished lot and go to its page."""
    form = MaterialLotForm.read()
    _offer_products(form)
    if not form.validate():
        return _material_page(form, 422)
    db = write_session()
    try:
        lot = services.open_lot(db, actor_id=actor().id(), now=clock.now(), **form.values())
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _material_page(form, 409 if isinstance(refusal, Conflict) else 422)
    db.commit()
    return redirect(url_for("traceability.lot", code=lot.code), 303)


# What went into a lot


@bp.get("/ban-hang/lo/<code>/pha-he")
@role("producer")
def genealogy(code: str) -> Answer:
    """Where a lot came from and where it went: a picture, tables, the mass balance."""
    return _page(code, InputForm(submit_key=fresh_key()))


@bp.post("/ban-hang/lo/<code>/pha-he")
@role("producer")
def set_input(code: str) -> Answer:
    """Say how much of another lot is in this one."""
    form = InputForm.read()
    reader = read_session()
    found = queries.own_lot(reader, code, _mine())
    offered = {lot.code: lot.id for lot in _offered(reader, found)}
    form.parent.choices = [(one, one) for one in offered]
    if not form.validate():
        return _page(code, form, 422)
    db = write_session()
    try:
        services.set_input(
            db,
            child_id=found.id,
            parent_id=offered[form.parent.data],
            quantity=form.quantity.data or 0,
            actor_id=actor().id(),
            now=clock.now(),
            submit_key=form.submit_key.data,
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _page(code, form, 409 if isinstance(refusal, Conflict) else 422)
    db.commit()
    flash(gettext("Đã ghi vào nhật ký của lô."), "ok")
    return redirect(url_for(".genealogy", code=code), 303)


def _offered(db: Session, lot: Lot) -> list[Lot]:
    """Lots that may go into this one, and those that did already (to put a figure right)."""
    usable = [one.lot for one in queries.usable_parents(db, lot)]
    known = {one.id for one in usable}
    return [*usable, *(i.lot for i in queries.inputs_of(db, lot.id) if i.lot.id not in known)]


def _page(code: str, form: InputForm, status: int = 200) -> tuple[str, int]:
    db = read_session()
    found = queries.own_lot(db, code, _mine())
    usable = queries.usable_parents(db, found)
    inputs = queries.inputs_of(db, found.id)
    known = {one.lot.id for one in usable}
    choices = [
        (
            one.lot.code,
            gettext(
                "%(name)s · lô %(lot)s · còn %(left)s %(unit)s",
                name=one.name,
                lot=one.lot.lot_no,
                left=max(one.quantity, 0),
                unit=gettext(UNIT_LABELS[one.lot.uom]),
            ),
        )
        for one in usable
    ]
    choices += [
        (one.lot.code, f"{one.name} · {one.lot.lot_no}")
        for one in inputs
        if one.lot.id not in known
    ]
    form.parent.choices = choices
    tree = queries.genealogy(db, found.id)
    page = render_template(
        "traceability/genealogy.html",
        lot=found,
        target=queries.target_of(db, found.code),
        form=form,
        inputs=inputs,
        used=queries.used_of(db, found.id),
        balance=queries.balance_of(db, found, inputs),
        tree=tree,
        picture=draw(tree) if len(tree.nodes) <= MOST_DRAWN else None,
        units={unit: gettext(label) for unit, label in UNIT_LABELS.items()},
        page_of=lambda node: url_for("traceability.lot", code=node.code),
        is_asked=request.method == "POST",
    )
    return page, status


# The picture


@dataclass(frozen=True)
class Box:
    """A lot in the picture, in units of the view box."""

    node: queries.Node
    x: int
    y: int
    is_focus: bool


@dataclass(frozen=True)
class Line:
    """A link in the picture: a curve from the parent to the child, and where its figure stands."""

    path: str
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Picture:
    """The whole drawing; parents stand left of their children."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def _free_place(column: int, heights: dict[int, int]) -> tuple[int, int]:
    """The next free place of a column: upper left corner."""
    place = (8 + column * COLUMN, 8 + heights[column] * ROW)
    heights[column] += 1
    return place


def draw(tree: queries.Genealogy) -> Picture:
    """Put each lot into the column after its last parent, in rows in the order they were made.

    A link over several columns takes a free row in those between, so that it crosses no lot.
    """
    ids = list(tree.nodes)
    columns = layers(ids, [(edge.parent, edge.child) for edge in tree.edges])
    heights: dict[int, int] = defaultdict(int)
    boxes: dict[int, Box] = {}
    for lot_id in ids:
        x, y = _free_place(columns[lot_id], heights)
        boxes[lot_id] = Box(tree.nodes[lot_id], x, y, lot_id == tree.focus)
    lines = []
    for edge in tree.edges:
        start, end = boxes[edge.parent], boxes[edge.child]
        between = range(columns[edge.parent] + 1, columns[edge.child])
        passed = [_free_place(column, heights) for column in between]
        path = f"M{start.x + WIDTH} {start.y + HALF}"
        for x, y in [*passed, (end.x, end.y)]:
            path += f"C{x - BEND} {start.y + HALF} {x - BEND} {y + HALF} {x} {y + HALF}"
            start = replace(start, x=x, y=y)
            path += f"H{x + WIDTH}" if (x, y) in passed else ""
        x, y = (passed or [(end.x, end.y)])[0]
        middle = x + WIDTH // 2 if passed else x - BEND
        height = y + HALF if passed else (boxes[edge.parent].y + y) // 2 + HALF
        unit = gettext(UNIT_LABELS[tree.nodes[edge.parent].uom])
        lines.append(Line(path, middle, height - 5, f"{edge.quantity} {unit}"))
    width = 16 + max(columns.values()) * COLUMN + WIDTH
    height = 16 + max(heights.values()) * ROW - (ROW - HEIGHT)
    return Picture(width, height, tuple(boxes.values()), tuple(lines))
