"""What the channel pages stand on: the blueprint, whose goods, findings in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.marketplaces import queries, registry, services
from shop.marketplaces.rules.codes import CODES
from shop.marketplaces.rules.profile import CERTAINTIES, FIDELITIES, LEVELS, LIFECYCLES, Profile
from shop.marketplaces.rules.readiness import Assessed, Desk, Finding, assess
from shop.web.access import actor
from shop.web.i18n import gettext as _
from shop.web.request import house, read_session

bp = Blueprint("marketplaces", __name__)

STATUSES = {
    "ready": N_("Sẵn sàng"),
    "blocked": N_("Bị chặn"),
    "excluded": N_("Không đưa lên kênh"),
}
RUN_STATES = {
    "queued": N_("Đang chờ"),
    "running": N_("Đang làm"),
    "done": N_("Xong"),
    "failed": N_("Không làm được"),
}


class NoProducer(NotFound):
    message = N_("Không tìm thấy cơ sở này trong tài khoản của bạn.")


@dataclass(frozen=True)
class Shown:
    """A finding in the reader's language."""

    code: str
    severity: str
    why: str
    fix: str
    url: str
    certainty: str
    source: str


def translated(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a finding with our own words among them in the reader's language."""
    ours = CODES[code].words
    return {name: _(value) if name in ours else value for name, value in params.items()}


def kept_words(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A finding as a report keeps it, in the reader's language while its code says what it said
    then; else as it was frozen, in Vietnamese."""
    code, params = CODES.get(row["code"]), row.get("params")
    if code is None or params is None:
        return row
    if (code.why % params, code.fix % params) != (row["why"], row["fix"]):
        return row
    words = translated(row["code"], params)
    return {**row, "why": _(code.why, **words), "fix": _(code.fix, **words)}


def shown(finding: Finding) -> Shown:
    """The finding with its sentences filled in."""
    words = translated(finding.code, finding.params)
    return Shown(
        code=finding.code,
        severity=finding.severity,
        why=_(finding.why, **words),
        fix=_(finding.fix, **words),
        url=f"{request.script_root}{finding.path}",
        certainty=_(CERTAINTIES[finding.certainty]),
        source=_(finding.source) if finding.source else "",
    )


def own_producers() -> list[Producer]:
    """The producers the actor works for."""
    return queries.producers_of(read_session(), list(actor().producers))


def producer_asked() -> Producer:
    """The producer that ``co_so`` names, or the first. Raises NoProducer for other people's."""
    wanted = request.values.get("co_so", "")
    for producer in own_producers():
        if wanted in {"", producer.slug}:
            return producer
    raise NoProducer


def desks_of(producer: Producer, channels: list[str]) -> dict[str, Desk]:
    """The producer's goods today on each of the channels."""
    return services.load_desks(
        read_session(),
        house().storage,
        producer=producer,
        channels=channels,
        day=clock.today_vn(clock.now()),
        public_url=house().public_url,
    )


def assess_desk(profile: Profile, desk: Desk) -> list[Assessed]:
    """Every product of the desk with its findings."""
    return assess(profile, desk, registry.market_words())


def show(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """A page of the channels with what all of them need."""
    return (
        render_template(
            f"marketplaces/{template}",
            shown=shown,
            kept_words=kept_words,
            statuses=STATUSES,
            run_states=RUN_STATES,
            levels=LEVELS,
            fidelities=FIDELITIES,
            lifecycles=LIFECYCLES,
            **context,
        ),
        status,
    )
