"""Papers in a hand-over pack: the scans there are, and what is still missing."""

from dataclasses import dataclass
from typing import Final

from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.marketplaces.rules.facts import PaperFacts
from shop.marketplaces.rules.listing import Listing, bounded, safe_name
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import Desk, needed_papers, papers_in_force
from shop.marketplaces.services.bundle.own_sheet import Read

FOLDER: Final = "giay-to"


@dataclass(frozen=True)
class Papers:
    """Scans of a product and what is said of them."""

    files: dict[str, bytes]
    included: list[str]
    missing: list[str]


NO_PAPERS: Final = Papers({}, [], [])


def papers_of(listing: Listing, profile: Profile, desk: Desk, folder: str, read: Read) -> Papers:
    """The scans of papers in force; what is wanted and has none is told as missing."""
    made = Papers({}, [], [])
    in_force = papers_in_force(listing.product, desk.day)
    for number, paper in enumerate(in_force, start=1):
        words = _paper_words(paper)
        if paper.scan_sha is None:
            made.missing.append(f"{listing.title}: chưa có bản chụp {words}")
            continue
        place = folder if paper.is_own else "co-so"
        suffix = number if paper.is_own else paper.scan_sha[:8]
        name = f"{FOLDER}/{place}/{safe_name(paper.kind)}-{suffix}.jpg"
        made.files[name] = read(f"{paper.scan_sha}.scan")
        made.included.append(f"{name}: {words}")
    kinds = {paper.kind for paper in in_force}
    for kind in needed_papers(profile, listing.product):
        if kind not in kinds:
            made.missing.append(f"{listing.title}: thiếu giấy {CERTIFICATE_KINDS[kind]}")
    return made


def _paper_words(paper: PaperFacts) -> str:
    number = bounded(paper.number or paper.decision_no)
    mark = " (hồ sơ minh họa)" if paper.is_illustration else ""
    until = f"hết hạn {paper.expires_on:%d/%m/%Y}"
    return f"{', '.join(filter(None, (CERTIFICATE_KINDS[paper.kind], number, until)))}{mark}"
