"""What staff lay over a channel's profile: limits, words, units, deliveries, papers, its state.

Each rule is an entry of the reference data (kind ``channel``, code ``<channel>.<topic>.<name>``)
with a history; the newest counts. A withdrawn entry gives the profile's own value back. Whoever
raises a rule to *certain* names the source that was read.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from shop.catalogue.rules import CERTIFICATE_KINDS, GROUPS, REGULATED_CLASSES
from shop.catalogue.rules.reference import Entry
from shop.core.text import N_
from shop.marketplaces.rules.profile import (
    LIFECYCLES,
    WORD_LISTS,
    Delivery,
    Lifecycle,
    Limit,
    Limits,
    PaperRule,
    Profile,
    ProfileFault,
    Unit,
    WordRule,
)

KIND: Final = "channel"
CODES: Final = r"[a-z][a-z0-9-]{1,19}\.[a-z]{4,8}(?:\.[a-z0-9_-]{2,20})?"

LIMIT_LABELS: Final[dict[str, str]] = {
    "title_min": N_("Tên đăng ít nhất (ký tự)"),
    "title_advised": N_("Tên đăng nên không quá (ký tự)"),
    "title_max": N_("Tên đăng nhiều nhất (ký tự)"),
    "description_min": N_("Mô tả ít nhất (ký tự)"),
    "description_max": N_("Mô tả nhiều nhất (ký tự)"),
    "hashtags_max": N_("Thẻ # nhiều nhất"),
    "photos_advised": N_("Nên có ít nhất (ảnh)"),
    "photos_max": N_("Ảnh nhiều nhất"),
    "photo_side_min": N_("Cạnh ảnh ngắn nhất (điểm ảnh)"),
    "photo_side_max": N_("Cạnh ảnh dài nhất (điểm ảnh)"),
    "photo_bytes_max": N_("Tệp ảnh nặng nhất (byte)"),
    "photo_square": N_("Lệch vuông nhiều nhất (%)"),
    "price_min_vnd": N_("Giá thấp nhất (đồng)"),
    "price_max_vnd": N_("Giá cao nhất (đồng)"),
    "price_step_vnd": N_("Giá chẵn theo bước (đồng)"),
    "price_spread": N_("Quy cách đắt nhất gấp nhiều nhất (lần)"),
    "variants_advised": N_("Nên không quá (quy cách)"),
    "variants_max": N_("Quy cách nhiều nhất"),
    "axes_max": N_("Kiểu phân loại nhiều nhất"),
    "option_name_max": N_("Tên kiểu phân loại nhiều nhất (ký tự)"),
    "option_max": N_("Tên quy cách nhiều nhất (ký tự)"),
    "weight_min_g": N_("Gói hàng nhẹ nhất (g)"),
    "weight_max_g": N_("Gói hàng nặng nhất (g)"),
    "sku_max": N_("Mã SKU nhiều nhất (ký tự)"),
}


def paper_groups() -> dict[str, str]:
    """Groups of goods that papers are asked for, by the name in a code."""
    classes = {
        f"class-{code}": label for code, label in REGULATED_CLASSES.items() if code != "none"
    }
    return {code: group.label for code, group in GROUPS.items()} | classes


def names_of(profile: Profile) -> list[str]:
    """Every rule that may be laid over, in the order of the page."""
    return [
        "life",
        *(f"limit.{name}" for name in LIMIT_LABELS),
        "unit",
        *(f"words.{name}" for name in WORD_LISTS),
        *(["delivery"] if profile.needs_delivery else []),
        *(f"papers.{name}" for name in paper_groups()),
    ]


def lay_over(profile: Profile, entries: Iterable[Entry]) -> Profile:
    """The profile with what staff decided. Raises ProfileFault for data that make no rule."""
    changed, edition = profile, 0
    for entry in entries:
        edition += entry.revision
        if entry.data.get("is_withdrawn"):
            continue
        _channel, topic, *name = entry.code.split(".")
        try:
            changed = _TOPICS[topic](changed, name[0] if name else "", entry.data)
        except (KeyError, TypeError, ValueError) as fault:
            raise ProfileFault(f"{entry.code}: {fault}") from fault
    return dataclasses.replace(changed, edition=edition)


def _limit(profile: Profile, name: str, data: Mapping[str, Any]) -> Profile:
    if name not in {field.name for field in dataclasses.fields(Limits)}:
        raise ProfileFault(f"no limit is called {name!r}")
    if data["value"] is None and name == "photos_max":
        raise ProfileFault("a channel takes a known number of photos")
    limit = None
    if data["value"] is not None:
        limit = Limit(int(data["value"]), data["certainty"], str(data["source"]))
    change: dict[str, Any] = {name: limit}
    limits = dataclasses.replace(profile.limits, **change)
    return dataclasses.replace(profile, limits=limits)


def _words(profile: Profile, name: str, data: Mapping[str, Any]) -> Profile:
    rule = WordRule(
        data["certainty"],
        str(data["source"]),
        bool(data["is_used"]),
        tuple(data["more"]),
        tuple(word.lower() for word in data["fewer"]),
    )
    if name not in WORD_LISTS:
        raise ProfileFault(f"no list is called {name!r}")
    return dataclasses.replace(profile, words={**profile.words, name: rule})


def _unit(profile: Profile, _name: str, data: Mapping[str, Any]) -> Profile:
    if data["value"] not in {"g", "kg"}:
        raise ProfileFault("weights are counted in g or kg")
    unit = Unit(data["value"], data["certainty"], str(data["source"]))
    value = "weight_kg" if unit.value == "kg" else "weight_g"
    columns = tuple(
        dataclasses.replace(
            column,
            value=value,
            certainty=unit.certainty,
            hint=unit.value,
            kind="decimal" if unit.value == "kg" else "whole",
        )
        if column.value in {"weight_g", "weight_kg"}
        else column
        for column in profile.columns
    )
    return dataclasses.replace(profile, sheet_weight=unit, columns=columns)


def _delivery(profile: Profile, _name: str, data: Mapping[str, Any]) -> Profile:
    ways = tuple(
        Delivery(
            str(way["id"]),
            str(way["label"]),
            bool(way["takes_preorder"]),
            data["certainty"],
            str(data["source"]),
            way["price_max_vnd"],
        )
        for way in data["ways"]
    )
    return dataclasses.replace(profile, deliveries=ways)


def _papers(profile: Profile, name: str, data: Mapping[str, Any]) -> Profile:
    group = name.replace("class-", "class:", 1)
    unknown = set(data["kinds"]) - set(CERTIFICATE_KINDS)
    if unknown or name not in paper_groups():
        raise ProfileFault(f"no such papers: {name} {sorted(unknown)}")
    kept = [rule for rule in profile.papers if rule.group != group]
    kept += [
        PaperRule(group, kind, data["certainty"], str(data["source"])) for kind in data["kinds"]
    ]
    return dataclasses.replace(profile, papers=tuple(kept))


def _life(profile: Profile, _name: str, data: Mapping[str, Any]) -> Profile:
    if data["state"] not in LIFECYCLES:
        raise ProfileFault("unknown state")
    life = Lifecycle(
        data["state"],
        date.fromisoformat(data["as_of"]),
        str(data["source"]),
        data["certainty"],
        str(data["note"]),
    )
    return dataclasses.replace(profile, lifecycle=life)


_TOPICS: Final = {
    "limit": _limit,
    "words": _words,
    "unit": _unit,
    "delivery": _delivery,
    "papers": _papers,
    "life": _life,
}
