"""The steps of the product editor: what each holds and whether anything is missing there."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shop.catalogue.rules.findings import Finding
from shop.core.text import N_

STEPS: Final = {
    "facts": N_("Là gì"),
    "label": N_("Nhãn"),
    "story": N_("Câu chuyện"),
    "variants": N_("Quy cách, giá"),
    "photos": N_("Ảnh"),
    "sections": N_("Từng phần"),
    "certificates": N_("Giấy tờ"),
    "review": N_("Gửi duyệt"),
}
"""Code and label, in the order in which a product is told."""

STEP_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "facts": ("name", "name_en", "subgroup", "regulated_class", "summary", "summary_en"),
    "label": (
        *("ingredients", "net_content", "origin", "usage", "storage", "warnings"),
        *("shelf_life_days", "is_lot_tracked"),
    ),
    "story": ("story", "story_en", "season_mask"),
}
"""The columns that a step's form writes."""


@dataclass(frozen=True)
class StepMark:
    """``state``: missing, look, done or open (nothing there and nothing needed)."""

    state: str
    count: int = 0


def step_marks(findings: Iterable[Finding], filled: Collection[str]) -> dict[str, StepMark]:
    """How far each step is; ``filled`` are the steps in which something stands."""
    found = list(findings)
    return {step: _mark(step, found, filled) for step in STEPS}


def _mark(step: str, findings: list[Finding], filled: Collection[str]) -> StepMark:
    here = [finding for finding in findings if finding.step == step]
    missing = sum(finding.is_blocking for finding in here)
    if missing:
        return StepMark("missing", missing)
    if here:
        return StepMark("look", len(here))
    return StepMark("done" if step in filled else "open")


def stamp(values: Mapping[str, Any], fields: Iterable[str]) -> str:
    """A digest of these fields' values: tells whether somebody saved others meanwhile."""
    kept = {name: values[name] for name in fields}
    raw = json.dumps(kept, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(raw.encode()).hexdigest()


def differing(
    values: Mapping[str, Any], others: Mapping[str, Any], fields: Iterable[str]
) -> list[str]:
    """The fields in which two versions differ, in their order."""
    return [name for name in fields if name in others and values[name] != others[name]]
