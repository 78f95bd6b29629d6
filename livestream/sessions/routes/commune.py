"""A commune officer's list: proposals of the clubs of their commune, and confirming them."""

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.clubs.queries import get_club
from livestream.clubs.rules import PLATFORM_NAMES, RESOURCE_LABELS
from livestream.sessions import forms, queries, services, states
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.desks import desk_lists
from livestream.sessions.routes.frame import CONSENT_LABELS, Page, bp
from livestream.sessions.routes.gate import gate_page
from livestream.sessions.rules import judge, open_papers, rule_labels
from livestream.sessions.services.deciding import overridden
from livestream.sessions.services.expiring import is_lapsed
from livestream.sessions.standing import standing_of
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


def _seen(db: Session, public_id: str) -> tuple[LiveSession, Club]:
    """A session, no draft, of a club in the actor's communes. Raises NotFound."""
    live = queries.get_session(db, public_id)
    club = get_club(db, live.club_id)
    if club.commune_code not in actor().communes or live.state == "draft":
        raise NotFound
    return live, club


@bp.get("/can-bo-xa/phien")
@role("officer")
def commune_queue() -> Page:
    """What is on air in the actor's communes, what waits, and what is coming."""
    clubs = Club.commune_code.in_(actor().communes)
    return render_template(
        "livestream/sessions/commune_queue.html",
        **desk_lists(read_session(), clubs, url_for(".commune_queue")),
    )


def _page(public_id: str, refused: DomainError | None = None) -> tuple[str, int]:
    db, now = read_session(), clock.now()
    live, club = _seen(db, public_id)
    rows = queries.item_rows(db, live.id, now=now)
    plan = queries.load_plan(db, live, now=now)
    findings, passed = judge(plan), overridden(db, live)
    page = render_template(
        "livestream/sessions/commune_session.html",
        live=live,
        club=club,
        is_lapsed=is_lapsed(live, now),
        is_mine=live.proposed_by == actor().person_id,
        resources=queries.resource_names(db, live.id),
        proposer=queries.proposer_of(db, live),
        rows=rows,
        findings=findings,
        papers=open_papers(findings, passed) if live.state == "confirmed" else [],
        passed=passed,
        standing=standing_of(live, [row.item for row in rows], plan, findings, passed),
        overrides=queries.overrides_of(db, live.id),
        rule_labels=rule_labels(),
        states=states,
        labels=RESOURCE_LABELS,
        platforms=PLATFORM_NAMES,
        consent_labels=CONSENT_LABELS,
        refused=refused,
    )
    return page, status_of(refused) if refused else 200


@bp.get("/can-bo-xa/phien/<public_id>")
@role("officer")
def commune_session(public_id: str) -> Page:
    """What an officer needs to say yes: times, people, products with consent, findings."""
    return _page(public_id)


@bp.get("/can-bo-xa/phien/<public_id>/giay-to")
@role("officer")
def commune_gate(public_id: str) -> Page:
    """Which papers are there, which are missing, and who brings them."""
    live, _club = _seen(read_session(), public_id)
    return gate_page(live, "commune")


@bp.post("/can-bo-xa/phien/<public_id>/chot")
@role("officer")
def commune_confirm(public_id: str) -> Page:
    """Make an ordinary session firm, as a second manager could."""
    form = forms.VersionForm.read()
    if not form.validate():
        return _page(public_id, Invalid())
    db = write_session()
    live, _club = _seen(db, public_id)
    try:
        services.confirm_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            capacity="manager",
            now=clock.now(),
            version=form.version.data,
        )
    except (Conflict, Invalid, NotAllowed) as refusal:
        db.rollback()
        return _page(public_id, refusal)
    db.commit()
    flash(_(N_("Phiên đã chốt.")), "ok")
    return redirect(url_for(".commune_session", public_id=public_id), 303)
