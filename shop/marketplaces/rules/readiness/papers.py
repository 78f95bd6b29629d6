"""Papers, stars, label facts and the way back to the lot."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from shop.catalogue.rules import (
    CERTIFICATE_KINDS,
    REGULATED_CLASSES,
    demanded_facts,
    group_of,
    is_valid,
)
from shop.marketplaces.rules import words
from shop.marketplaces.rules.facts import PaperFacts, ProductFacts
from shop.marketplaces.rules.listing import as_paper
from shop.marketplaces.rules.profile import PaperRule, Profile, Severity, severity_of
from shop.marketplaces.rules.readiness.findings import Case, Finding
from shop.marketplaces.rules.readiness.texts import scanned, told

EXPIRING: Final = timedelta(days=30)


def _documents(case: Case) -> Iterator[Finding]:
    product, day = case.listing.product, case.desk.day
    for kind, rule in needed_papers(case.profile, product).items():
        papers = [paper for paper in product.papers if paper.kind == kind]
        valid = [paper for paper in papers if is_valid(as_paper(paper), day)]
        name = CERTIFICATE_KINDS[kind]
        if not valid and any(paper.expires_on < day for paper in papers):
            last = max(paper.expires_on for paper in papers)
            sure = severity_of(rule.certainty)
            yield _dated(case, "DOC_EXPIRED", name, last, sure)
        elif not valid:
            yield case.find("DOC_MISSING", name, certainty=rule.certainty, source=rule.source)
    for paper in papers_in_force(product, day):
        name = CERTIFICATE_KINDS[paper.kind]
        if paper.expires_on - day <= EXPIRING:
            yield _dated(case, "DOC_EXPIRING", name, paper.expires_on, "warn")
        if paper.scan_sha is None and case.profile.level == "hand_over":
            yield case.find("DOC_NO_SCAN", name, severity="warn")
    if product.regulated_class != "none":
        label = REGULATED_CLASSES[product.regulated_class]
        yield case.find("DOC_REGULATED", label, certainty="uncertain")


def needed_papers(profile: Profile, product: ProductFacts) -> dict[str, PaperRule]:
    """Kinds of papers that the channel asks for with these goods; the surest rule of each."""
    groups = {group_of(product.subgroup).code, f"class:{product.regulated_class}"}
    rules = [rule for rule in profile.papers if rule.group in groups]
    return {rule.kind: rule for rule in sorted(rules, key=lambda rule: rule.certainty == "certain")}


def papers_in_force(product: ProductFacts, day: date) -> list[PaperFacts]:
    """The papers that may be relied upon, in a fixed order."""
    found = [paper for paper in product.papers if is_valid(as_paper(paper), day)]
    return sorted(found, key=lambda p: (p.kind, not p.is_own, p.issued_on, p.number, p.decision_no))


def _ocop(case: Case) -> Iterator[Finding]:
    listing, product, day = case.listing, case.listing.product, case.desk.day
    over = [
        paper.expires_on
        for paper in product.papers
        if paper.kind == "ocop"
        and paper.expires_on < day
        and paper.state in {"verified", "expired"}
    ]
    if listing.recognition is None and over:
        yield case.find("OCOP_EXPIRED", _date(max(over)), severity="warn")
    if listing.recognition is not None and listing.recognition.is_illustration:
        stars = f"{listing.recognition.stars} sao"
        yield case.find("OCOP_ILLUSTRATION", stars, severity="warn")
    said = words.star_claims(listing.title) + scanned(told(product)).stars
    claims = list(dict.fromkeys(text for text, count in said if count != listing.stars))
    if claims:
        yield case.find_words("OCOP_CLAIM_UNPROVEN", claims[:3])


def _label(case: Case) -> Iterator[Finding]:
    product = case.listing.product
    demanded = demanded_facts(product.subgroup, product.regulated_class)
    for fact, code, value in (
        ("ingredients", "LABEL_INGREDIENTS", product.ingredients),
        ("shelf_life_days", "LABEL_EXPIRY", product.shelf_life_days),
        ("storage", "LABEL_STORAGE", product.storage),
        ("origin", "LABEL_ORIGIN", product.origin),
    ):
        if fact in demanded and not value:
            yield case.find(code, severity="warn")
    if product.is_lot_tracked and not product.trace_code:
        yield case.find("TRACE_MISSING", severity="info")


def _dated(case: Case, code: str, name: str, day: date, severity: Severity) -> Finding:
    on = _date(day)
    return case.find(code, f"{name}, {on}", severity=severity, kind=name, on=on)


def _date(day: date) -> str:
    return day.strftime("%d/%m/%Y")


CHECKS: Final = (_documents, _ocop, _label)
