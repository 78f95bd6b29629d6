"""Channels on the staff's desk: every rule with its source and certainty, changed as data."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.queries import revisions_of
from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.catalogue.services import may_edit_reference
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.marketplaces import registry
from shop.marketplaces.forms import ChannelRuleForm
from shop.marketplaces.routes.base import bp, show
from shop.marketplaces.rules.overrides import KIND, LIMIT_LABELS, names_of, paper_groups
from shop.marketplaces.rules.profile import (
    CERTAINTIES,
    WORD_LISTS,
    Profile,
)
from shop.marketplaces.services.channel_rules import change_rule, code_of, entry_of
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


@bp.get("/can-bo/kenh-ban")
@role("staff")
def staff_channels() -> ResponseReturnValue:
    """Every channel with its state, and how many rules staff changed."""
    return show(
        "staff_channels.html",
        profiles=list(registry.all_profiles().values()),
    )


@bp.get("/can-bo/kenh-ban/<channel>")
@role("staff")
def staff_channel(channel: str) -> ResponseReturnValue:
    """Every rule of a channel as it counts now."""
    profile = registry.profile_called(channel)
    entries = {name: entry_of(profile, name) for name in names_of(profile)}
    return show(
        "staff_channel.html",
        profile=profile,
        entries=entries,
        limit_labels=LIMIT_LABELS,
        word_lists=WORD_LISTS,
        groups=paper_groups(),
        kinds=CERTIFICATE_KINDS,
        certainties=CERTAINTIES,
        papers=_papers_by_group(profile),
        may_edit=may_edit_reference(actor()),
    )


def _papers_by_group(profile: Profile) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for rule in profile.papers:
        found.setdefault(rule.group.replace("class:", "class-"), []).append(rule)
    return found


def _label(name: str) -> str:
    topic, _dot, rest = name.partition(".")
    lists = {str(key): words for key, words in WORD_LISTS.items()}
    labels: dict[str, str] = {**LIMIT_LABELS, **lists, **paper_groups()}
    plain = {"life": _("Tình trạng kênh"), "unit": _("Đơn vị"), "delivery": _("Kênh giao hàng")}
    return plain.get(topic) or _(labels[rest])


def _rule_page(
    profile: Profile, name: str, form: ChannelRuleForm, status: int = 200
) -> ResponseReturnValue:
    form.topic = name.split(".", 1)[0]
    return show(
        "staff_rule.html",
        status,
        profile=profile,
        name=name,
        label=_label(name),
        topic=form.topic,
        form=form,
        entry=entry_of(profile, name),
        revisions=revisions_of(read_session(), KIND, code_of(profile, name)),
        may_edit=may_edit_reference(actor()),
    )


@bp.get("/can-bo/kenh-ban/<channel>/<name>")
@role("staff")
def staff_rule(channel: str, name: str) -> ResponseReturnValue:
    """One rule as it counts, with its history."""
    profile = registry.profile_called(channel)
    entry = entry_of(profile, name)
    data = _present(profile, name) | {"revision": entry.revision if entry else 0}
    return _rule_page(profile, name, ChannelRuleForm(data=data))


@bp.post("/can-bo/kenh-ban/<channel>/<name>")
@role("staff")
def change_staff_rule(channel: str, name: str) -> ResponseReturnValue:
    """Write the next revision of a rule; it counts for every seller at once."""
    profile = registry.profile_called(channel)
    code_of(profile, name)
    form = ChannelRuleForm.read()
    form.topic = name.split(".", 1)[0]
    if not form.validate():
        return _rule_page(profile, name, form, 422)
    db = write_session()
    try:
        change_rule(
            db,
            profile=profile,
            name=name,
            base_revision=form.revision.data or 0,
            data=form.values(),
            note=form.why.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _rule_page(profile, name, form, status_of(refusal))
    db.commit()
    flash(_("Đã ghi. Bản cũ còn trong lịch sử."), "ok")
    return redirect(url_for(".staff_rule", channel=profile.slug, name=name), 303)


def _present(profile: Profile, name: str) -> dict[str, Any]:
    """The rule as it counts now, as the form shows it."""
    topic, _dot, rest = name.partition(".")
    if topic == "limit":
        limit = getattr(profile.limits, rest)
        return _sure(limit) | {"value": limit.value if limit else None}
    if topic == "words":
        rule = profile.words[rest]  # type: ignore[index]
        return _sure(rule) | {
            "is_used": rule.is_used,
            "more": "\n".join(rule.more),
            "fewer": "\n".join(rule.fewer),
        }
    if topic == "unit":
        return _sure(profile.sheet_weight) | {"unit": profile.sheet_weight.value}
    if topic == "delivery":
        return _sure(next(iter(profile.deliveries), None)) | {"ways": _ways_text(profile)}
    if topic == "papers":
        rules = _papers_by_group(profile).get(rest, [])
        return _sure(next(iter(rules), None)) | {"kinds": [rule.kind for rule in rules]}
    life = profile.lifecycle
    return _sure(life) | {"state": life.state, "as_of": life.as_of, "note": life.note}


def _sure(rule: Any) -> dict[str, Any]:
    if rule is None:
        return {"certainty": "uncertain", "source": ""}
    return {"certainty": rule.certainty, "source": rule.source}


def _ways_text(profile: Profile) -> str:
    return "\n".join(
        f"{way.id} | {way.label} | {'có' if way.takes_preorder else 'không'} | "
        f"{way.price_max_vnd or ''}"
        for way in profile.deliveries
    )
