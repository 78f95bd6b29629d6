"""The trackers: producers see their own, staff those of their provinces; both move them on."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import require_producer, require_staff, staff_scope_of
from shop.candidates import queries, rules, services
from shop.candidates.forms import OpenForm, PaperForm, PlanForm, StageForm
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

bp = Blueprint("candidates", __name__)

PAGE_SIZE = 30


def _list_page(form: OpenForm, status: int = 200) -> ResponseReturnValue:
    db, ids, today = read_session(), list(actor().producers), today_vn(clock.now())
    form.product_id.choices = queries.products_to_choose(db, ids)
    return render_template(
        "candidates/mine.html",
        views=queries.candidates_of(db, ids, today=today),
        done=queries.candidates_of(db, ids, today=today, state="achieved"),
        form=form,
        rules=rules,
    ), status


@bp.get("/ban-hang/tien-do")
@role("producer")
def mine() -> ResponseReturnValue:
    """One's candidates and the form for one more."""
    return _list_page(OpenForm())


@bp.post("/ban-hang/tien-do")
@role("producer")
def open_candidate() -> ResponseReturnValue:
    """Begin to track one of one's products."""
    form = OpenForm.read()
    form.product_id.choices = queries.products_to_choose(read_session(), list(actor().producers))
    if not form.validate():
        return _list_page(form, 422)
    made: list[int] = []

    def do() -> None:
        row = services.open_candidate(
            write_session(),
            kind=form.kind.data,
            product_id=int(form.product_id.data),
            actor_id=actor().id(),
            now=clock.now(),
            target_stars=int(form.target_stars.data) if form.target_stars.data else None,
            deadline=form.deadline.data,
            note=form.note.data,
        )
        made.append(row.id)

    status = _attempt(form, do)
    if status:
        return _list_page(form, status)
    write_session().commit()
    flash(gettext(N_("Đã mở hồ sơ. Đánh dấu từng giấy khi có.")), "ok")
    return redirect(url_for(".own", candidate_id=made[0]), 303)


def _attempt(form: Form, do: Callable[[], object]) -> int:
    """Do what a valid form asks; 0 when it went well, else the status of the refusal."""
    try:
        do()
    except (Invalid, Conflict) as error:
        form.add_error(error)
        return status_of(error)
    return 0


def _view(candidate_id: int) -> queries.CandidateView:
    """The candidate, for its maker or the staff of its province. Raises NotFound."""
    view = queries.candidate_view(read_session(), candidate_id, today=today_vn(clock.now()))
    if _is_staff_desk():
        require_staff(actor(), view.producer.province_code)
    else:
        require_producer(actor(), view.producer.id)
    return view


def _is_staff_desk() -> bool:
    return request.path.startswith("/can-bo/")


def _page(
    view: queries.CandidateView,
    status: int = 200,
    *,
    plan: PlanForm | None = None,
    refused: Form | None = None,
) -> ResponseReturnValue:
    row, is_staff = view.candidate, _is_staff_desk()
    filled = PlanForm(
        data={
            "target_stars": str(row.target_stars or ""),
            "deadline": row.deadline,
            "note": row.note,
        }
    )
    return render_template(
        "candidates/one.html",
        frame="workspaces/staff.html" if is_staff else "workspaces/producer.html",
        desk="staff" if is_staff else "own",
        view=view,
        plan=plan or filled,
        refused=refused,
        states=rules.STAFF_STATES if is_staff else rules.MAKER_STATES,
        rules=rules,
    ), status


@bp.get("/ban-hang/tien-do/<int:candidate_id>")
@role("producer")
def own(candidate_id: int) -> ResponseReturnValue:
    """One of one's candidates."""
    return _page(_view(candidate_id))


@bp.get("/can-bo/tien-do/<int:candidate_id>")
@role("staff")
def staff(candidate_id: int) -> ResponseReturnValue:
    """A candidate of one's province."""
    return _page(_view(candidate_id))


@bp.get("/can-bo/tien-do")
@role("staff")
def queue() -> ResponseReturnValue:
    """The open candidates of one's provinces, the nearest deadline first."""
    kind = request.args.get("loai", "")
    kind = kind if kind in rules.KINDS else ""
    number = page_number(request.args.get("trang"))
    views, total = queries.candidates_in(
        read_session(),
        staff_scope_of(actor()),
        today=today_vn(clock.now()),
        kind=kind,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    root = f"{request.script_root}{request.path}"
    asked = {"loai": kind} if kind else {}
    page = Page(number, PAGE_SIZE, total, lambda n: f"{root}?{urlencode({**asked, 'trang': n})}")
    return render_template("candidates/queue.html", views=views, page=page, kind=kind, rules=rules)


def _change(
    candidate_id: int, form: Form, do: Callable[[], object], *, is_plan: bool = False
) -> ResponseReturnValue:
    view = _view(candidate_id)
    plan = form if isinstance(form, PlanForm) else None
    refused = None if is_plan else form
    if not form.validate():
        return _page(view, 422, plan=plan, refused=refused)
    status = _attempt(form, do)
    if status:
        return _page(view, status, plan=plan, refused=refused)
    write_session().commit()
    flash(gettext(N_("Đã lưu.")), "ok")
    desk = "staff" if _is_staff_desk() else "own"
    return redirect(url_for(f".{desk}", candidate_id=candidate_id), 303)


def _move(candidate_id: int) -> ResponseReturnValue:
    form = StageForm.read()
    return _change(
        candidate_id,
        form,
        lambda: services.move_candidate(
            write_session(),
            candidate_id=candidate_id,
            stage=form.stage.data,
            actor_id=actor().id(),
            now=clock.now(),
        ),
    )


def _mark(candidate_id: int) -> ResponseReturnValue:
    form = PaperForm.read()
    return _change(
        candidate_id,
        form,
        lambda: services.mark_paper(
            write_session(),
            candidate_id=candidate_id,
            code=form.code.data,
            state=form.state.data,
            note=form.note.data,
            actor_id=actor().id(),
            now=clock.now(),
        ),
    )


def _plan(candidate_id: int) -> ResponseReturnValue:
    form = PlanForm.read()
    return _change(
        candidate_id,
        form,
        lambda: services.plan_candidate(
            write_session(),
            candidate_id=candidate_id,
            deadline=form.deadline.data,
            target_stars=int(form.target_stars.data) if form.target_stars.data else None,
            note=form.note.data,
            actor_id=actor().id(),
            now=clock.now(),
        ),
        is_plan=True,
    )


def _stop(candidate_id: int) -> ResponseReturnValue:
    form = Form()
    return _change(
        candidate_id,
        form,
        lambda: services.stop_candidate(
            write_session(), candidate_id=candidate_id, actor_id=actor().id(), now=clock.now()
        ),
    )


@bp.post("/ban-hang/tien-do/<int:candidate_id>/buoc")
@role("producer")
def own_move(candidate_id: int) -> ResponseReturnValue:
    """Say at which step one's candidate is."""
    return _move(candidate_id)


@bp.post("/can-bo/tien-do/<int:candidate_id>/buoc")
@role("staff")
def staff_move(candidate_id: int) -> ResponseReturnValue:
    """Say at which step a candidate of one's province is; its maker is told."""
    return _move(candidate_id)


@bp.post("/ban-hang/tien-do/<int:candidate_id>/giay")
@role("producer")
def own_paper(candidate_id: int) -> ResponseReturnValue:
    """Say that one has a paper, or handed it in."""
    return _mark(candidate_id)


@bp.post("/can-bo/tien-do/<int:candidate_id>/giay")
@role("staff")
def staff_paper(candidate_id: int) -> ResponseReturnValue:
    """Accept a paper, send it back, or waive it."""
    return _mark(candidate_id)


@bp.post("/ban-hang/tien-do/<int:candidate_id>/ke-hoach")
@role("producer")
def own_plan(candidate_id: int) -> ResponseReturnValue:
    """Change one's deadline and aim."""
    return _plan(candidate_id)


@bp.post("/can-bo/tien-do/<int:candidate_id>/ke-hoach")
@role("staff")
def staff_plan(candidate_id: int) -> ResponseReturnValue:
    """Change the deadline and aim of a candidate of one's province."""
    return _plan(candidate_id)


@bp.post("/ban-hang/tien-do/<int:candidate_id>/dung")
@role("producer")
def own_stop(candidate_id: int) -> ResponseReturnValue:
    """Track it no longer."""
    return _stop(candidate_id)


@bp.post("/can-bo/tien-do/<int:candidate_id>/dung")
@role("staff")
def staff_stop(candidate_id: int) -> ResponseReturnValue:
    """Track it no longer."""
    return _stop(candidate_id)
