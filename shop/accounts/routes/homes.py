"""The first screen of each workspace: what waits, how many, where to go."""

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.accounts.routes.base import bp
from shop.accounts.rules import may_open
from shop.web import workspaces
from shop.web.access import actor, role, signed_in
from shop.web.request import read_session
from shop.web.slots import Todo


def _in_order(todos: list[Todo]) -> list[Todo]:
    """What presses first, then what waits, then what is done; without what one may not open."""
    who = actor()
    shown = [todo for todo in todos if may_open(who, todo.url)]
    return sorted(shown, key=lambda todo: (not todo.count, not todo.is_urgent, todo.order))


@bp.get("/ban-hang")
@role("producer")
def producer_home() -> ResponseReturnValue:
    """A producer's day."""
    todos = _in_order(workspaces.PRODUCER_TODO.collect(read_session(), actor()))
    return render_template("workspaces/producer_home.html", todos=todos)


@bp.get("/can-bo")
@role("staff")
def staff_home() -> ResponseReturnValue:
    """A staff member's queue."""
    todos = _in_order(workspaces.STAFF_TODO.collect(read_session(), actor()))
    return render_template("workspaces/staff_home.html", todos=todos)


@bp.get("/tai-khoan")
@signed_in
def account_home() -> ResponseReturnValue:
    """A person's own corner, and how to become a producer or a club."""
    todos = _in_order(workspaces.ACCOUNT_TODO.collect(read_session(), actor()))
    return render_template("workspaces/account_home.html", todos=todos)
