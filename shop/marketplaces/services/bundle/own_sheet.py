"""The seller's own template inside a bundle: filled with exactly the goods that the bundle holds,
or the reason why a draft of ours stands in its place."""

import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shop.core.errors import DomainError
from shop.marketplaces.rules.listing import Listing
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import Desk, Finding

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"(?!\.)[^/\\:*?\"<>|\x00-\x1f]{1,190}\.xlsx", re.IGNORECASE)
_PLAIN: Final = "mau-cua-gian-hang.xlsx"

Read = Callable[[str], bytes]
"""Content of a stored file by its name. Raises OSError."""
Addresses = Callable[[Listing], tuple[str, ...]]


@dataclass(frozen=True)
class FilledFile:
    """What filling gave. ``behind``: (product, why) of goods that did not fit the template."""

    content: bytes
    rows: int
    products: int
    behind: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OwnSheet:
    """A template that lies ready to be filled without the database.

    ``fill`` raises a DomainError when something about the template is still to be answered, OSError
    when its file is gone.
    """

    file_name: str
    sha: str
    fill: Callable[[Profile, Desk, frozenset[str], Addresses, Read], FilledFile]


@dataclass(frozen=True)
class SheetOutcome:
    """The sheet of a bundle. ``sha``: digest of the template that was filled; empty: a draft."""

    file_name: str
    content: bytes | None
    sha: str = ""
    rows: int = 0
    products: int = 0
    behind: tuple[tuple[str, str], ...] = ()
    why_draft: str = ""

    def data(self) -> dict[str, Any]:
        """For the frozen report."""
        return {
            "kind": "template" if self.sha else "draft",
            "file": self.file_name,
            "template_sha": self.sha,
            "rows": self.rows,
            "products": self.products,
            "behind": [{"name": name, "why": why} for name, why in self.behind],
            "why_draft": self.why_draft,
        }


def fill_own_sheet(
    own: OwnSheet | None,
    profile: Profile,
    desk: Desk,
    *,
    included: Collection[int],
    addresses: Mapping[int, tuple[str, ...]],
    channel: Sequence[Finding],
    market_words: frozenset[str],
    read: Read,
) -> SheetOutcome:
    """The template filled with the ``included`` products; without one, or when it cannot be filled,
    an outcome without content: the draft takes its place.

    ``addresses``: product id -> where the bundle's photos can be fetched. A fault never stops the
    bundle.
    """
    draft = SheetOutcome(f"{profile.file_name}.xlsx", None)
    if own is None:
        return draft
    refused = [finding for finding in channel if finding.severity == "refuse"]
    if refused:
        return replace(draft, why_draft=refused[0].why % refused[0].params)
    some = replace(desk, products=tuple(one for one in desk.products if one.id in included))
    try:
        filled = own.fill(
            profile,
            some,
            market_words,
            lambda listing: addresses.get(listing.product.id, ()),
            read,
        )
    except DomainError as refusal:
        return replace(draft, why_draft=str(refusal))
    except OSError:
        return replace(draft, why_draft="Tệp mẫu không còn trong kho, hãy tải mẫu lên lại.")
    except Exception:
        log.exception("the template of %s cannot be filled", profile.slug)
        return replace(draft, why_draft="Không điền được mẫu này, hãy tải mẫu trống mới lên lại.")
    return SheetOutcome(
        file_name=own.file_name if _NAME.fullmatch(own.file_name) else _PLAIN,
        content=filled.content,
        sha=own.sha,
        rows=filled.rows,
        products=filled.products,
        behind=filled.behind,
    )


def readme_lines(outcome: SheetOutcome, rows: int, products: int) -> list[str]:
    """What the README says of the sheet. ``rows``, ``products``: of the draft."""
    if outcome.sha:
        lines = [
            f"- {outcome.file_name}: mẫu của gian hàng đã điền, {outcome.rows} dòng, "
            f"{outcome.products} sản phẩm; các phần khác của tệp giữ nguyên",
            f"  Mẫu gốc SHA-256 {outcome.sha}",
        ]
        return lines + [f"  Chưa vào mẫu: {name}: {why}" for name, why in outcome.behind]
    lines = [f"- {outcome.file_name}: {rows} dòng, {products} sản phẩm"]
    if outcome.why_draft:
        lines.append(f"  Chưa điền được mẫu của gian hàng: {outcome.why_draft}")
    return lines
