"""What a finding is, and what the checks of one product look at."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from shop.core.text import clean
from shop.marketplaces.rules.codes import CODES
from shop.marketplaces.rules.facts import Choice, ProducerFacts, ProductFacts, TemplateFacts
from shop.marketplaces.rules.listing import Listing
from shop.marketplaces.rules.places import fix_path
from shop.marketplaces.rules.profile import Certainty, Limit, Profile, Severity, severity_of

SHOWN_CHARACTERS: Final = 120
SEVERITY_ORDER: Final[tuple[Severity, ...]] = ("refuse", "warn", "info")

Status = Literal["ready", "blocked", "excluded"]


@dataclass(frozen=True)
class Finding:
    """One thing to mend. ``value`` is the exact word or value; ``params`` fill the sentences."""

    code: str
    severity: Severity
    certainty: Certainty
    source: str
    value: str
    field: str
    path: str
    """Where the field is edited."""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def why(self) -> str:
        """Msgid of the reason."""
        return CODES[self.code].why

    @property
    def fix(self) -> str:
        """Msgid of what to do."""
        return CODES[self.code].fix


@dataclass(frozen=True)
class Desk:
    """A producer's products as one channel sees them on ``day``."""

    producer: ProducerFacts
    products: tuple[ProductFacts, ...]
    choices: Mapping[int, Choice]
    """By product id; without an entry the product is included as it is."""
    offered_elsewhere: Mapping[int, int]
    """By variant id: units that listings saved for other channels offer."""
    day: date
    public_url: str
    template: TemplateFacts | None = None
    """What the seller's own template of this channel says; None: none was uploaded."""
    copied_photos: frozenset[str] = frozenset()
    """Digests of photos that look like one of another product: ``rules.likeness``."""

    def choice(self, product_id: int) -> Choice:
        return self.choices.get(product_id, Choice())

    def whole_choice(self, product_id: int) -> Choice:
        """The choice with what was decided once for the seller's whole template."""
        choice = self.choice(product_id)
        return self.template.completed(choice) if self.template else choice


@dataclass(frozen=True)
class Assessed:
    """A product with its verdict. ``listing`` is None when it could not even be built."""

    product: ProductFacts
    choice: Choice
    listing: Listing | None
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        if not self.choice.is_included:
            return "excluded"
        return "blocked" if self.refusals else "ready"

    @property
    def refusals(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "refuse"]

    @property
    def notes(self) -> list[Finding]:
        """What is good to know and hinders nothing."""
        return [finding for finding in self.findings if finding.severity == "info"]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "warn"]


@dataclass(frozen=True)
class Case:
    """What the checks of one product look at."""

    profile: Profile
    desk: Desk
    listing: Listing
    choice: Choice
    others: frozenset[str]
    """Folded names of other channels."""
    shared_photos: frozenset[str]
    """Digests that several products have."""
    shared_skus: frozenset[str]

    def find(
        self,
        code: str,
        value: object = "",
        *,
        certainty: Certainty | None = None,
        severity: Severity | None = None,
        source: str = "",
        **params: Any,
    ) -> Finding:
        return make_finding(
            code,
            value,
            channel=self.profile.slug,
            product_id=self.listing.product.id,
            certainty=certainty,
            severity=severity,
            source=source,
            **params,
        )

    def find_words(
        self, code: str, found: list[str], *, certainty: Certainty | None = None, source: str = ""
    ) -> Finding:
        """Words that should go: the fix leads to the title when the producer typed them there."""
        finding = self.find(code, found, certainty=certainty, source=source)
        title = self.listing.title.lower() if self.choice.title else ""
        if not any(words.lower() in title for words in found):
            return finding
        path = fix_path(
            "listing",
            channel=self.profile.slug,
            product_id=self.listing.product.id,
            field="title",
        )
        return dataclasses.replace(finding, path=path, field="title")

    def beyond(self, code: str, value: object, limit: Limit, **params: Any) -> Finding:
        """A finding about a limit: as hard and as sure as the limit itself."""
        return self.find(
            code,
            value,
            certainty=limit.certainty,
            severity=limit.severity,
            source=limit.source,
            limit=f"{limit.value:,}".replace(",", "."),
            **params,
        )


def make_finding(
    code: str,
    value: object = "",
    *,
    channel: str,
    product_id: int | None,
    certainty: Certainty | None = None,
    severity: Severity | None = None,
    source: str = "",
    **params: Any,
) -> Finding:
    """A finding of a known code, as sure as its source. An uncertain one warns, whatever is asked
    for."""
    known = CODES[code]
    sure = certainty or ("certain" if source else known.certainty)
    shown = _shorten(", ".join(value) if isinstance(value, list) else str(value))
    return Finding(
        code=code,
        severity=_softest(severity_of(sure), severity or "refuse"),
        certainty=sure,
        source=source or known.source,
        value=shown,
        field=known.field,
        path=fix_path(known.place, channel=channel, product_id=product_id, field=known.field),
        params={"value": shown, **params},
    )


def _softest(*wanted: Severity) -> Severity:
    return max(wanted, key=SEVERITY_ORDER.index)


def _shorten(text: str) -> str:
    bare = clean(text[: SHOWN_CHARACTERS * 4]).replace("\n", " ")
    return bare if len(bare) <= SHOWN_CHARACTERS else f"{bare[: SHOWN_CHARACTERS - 1]}…"
