"""Steps that the club and the staff both may take, each in its own capacity."""

from sqlalchemy.orm import Session

from livestream.clubs.queries import resources_of
from livestream.sessions import forms, queries, services
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import Step, fill_choices
from livestream.sessions.services.deciding import Capacity
from shop.core import clock
from shop.web.access import actor
from shop.web.request import read_session


def confirm_step(form: forms.VersionForm, capacity: Capacity) -> Step:
    """The step that makes a proposal firm."""

    def step(db: Session, live: LiveSession) -> None:
        services.confirm_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            capacity=capacity,
            now=clock.now(),
            version=form.version.data,
            viewer_clubs=actor().clubs.keys(),
        )

    return step


def cancel_step(form: forms.ReasonForm) -> Step:
    """The step that calls a session off."""

    def step(db: Session, live: LiveSession) -> None:
        services.cancel_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            reason=form.reason.data,
            version=form.version.data,
        )

    return step


def move_step(form: forms.MoveForm, capacity: Capacity) -> Step:
    """The step that gives a session another time or other resources."""

    def step(db: Session, live: LiveSession) -> None:
        named = {"host": form.host_id, "channel": form.channel_id}
        named |= {"studio": form.studio_id, "kit": form.kit_id}
        is_choosing = any(field.raw_data for field in named.values())
        services.move_session(
            db,
            public_id=live.public_id,
            starts_at=forms.aware(form.starts_at.data),
            minutes=form.minutes.data or 0,
            actor_id=actor().id(),
            capacity=capacity,
            now=clock.now(),
            version=form.version.data,
            resources={kind: forms.chosen_ids(field) for kind, field in named.items()}
            if is_choosing
            else None,
            viewer_clubs=actor().clubs.keys(),
        )

    return step


def read_move_form(public_id: str) -> forms.MoveForm:
    """The move form with the choices of the session's club."""
    db = read_session()
    form = forms.MoveForm.read()
    fill_choices(
        form, resources_of(db, queries.get_session(db, public_id).club_id, active_only=True)
    )
    return form


def stop_step(form: forms.ReasonForm) -> Step:
    """The step that stops a live session."""

    def step(db: Session, live: LiveSession) -> None:
        services.stop_session(
            db,
            public_id=live.public_id,
            reason=form.reason.data,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return step
