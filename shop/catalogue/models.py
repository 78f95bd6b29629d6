"""Producers, their products, and the papers behind them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.core.db import Base, Id, Ref, append_only, one_of

PRODUCER_STATES = ("draft", "submitted", "verified", "rejected", "suspended")
PRODUCT_STATES = ("draft", "submitted", "published", "rejected", "archived")
REVISION_STATES = ("draft", "submitted", "approved", "rejected")
CERTIFICATE_STATES = ("draft", "submitted", "verified", "rejected", "expired", "revoked")
CERTIFICATE_KINDS = (
    "ocop",
    "vietgap",
    "organic",
    "food_safety",
    "haccp",
    "ad_content",
    "other",
)
ENDORSEMENT_STATES = ("requested", "confirmed", "refused", "revoked")
ISSUER_LEVELS = ("district", "province", "national", "other")
REGULATED_CLASSES = ("none", "alcohol", "supplement", "herbal_check", "essential_oil")
SECTION_KINDS = ("maker", "costume", "making", "meaning", "other")


class Producer(Base):
    """A cooperative, cooperative group, household or company that makes products."""

    __tablename__ = "producer"
    __table_args__ = (
        one_of("kind", ("cooperative", "cooperative_group", "household", "company", "youth_union")),
        one_of("state", PRODUCER_STATES),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(90), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(20))
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"), index=True)
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.code"))
    address: Mapped[str] = mapped_column(String(200), default="")
    tax_code: Mapped[str | None] = mapped_column(String(20))
    story: Mapped[str] = mapped_column(Text, default="")
    story_en: Mapped[str | None] = mapped_column(Text)
    public_phone: Mapped[str | None] = mapped_column(String(20))
    photo_sha: Mapped[str | None] = mapped_column(String(64))
    is_youth_led: Mapped[bool] = mapped_column(default=False)
    """Whether a union unit vouches for it now: follows ``YouthEndorsement``, never typed."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))


class Product(Base):
    """What is made: its names, its label facts, its story."""

    __tablename__ = "product"
    __table_args__ = (
        one_of("state", PRODUCT_STATES),
        one_of("regulated_class", REGULATED_CLASSES),
        CheckConstraint("season_mask BETWEEN 0 AND 4095", name="season_mask"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str | None] = mapped_column(String(160))
    subgroup: Mapped[str] = mapped_column(String(4))
    """OCOP subgroup code such as F32; its group is in ``rules.SUBGROUPS``."""
    regulated_class: Mapped[str] = mapped_column(String(16), default="none")
    summary: Mapped[str] = mapped_column(String(300), default="")
    summary_en: Mapped[str | None] = mapped_column(String(300))
    story: Mapped[str] = mapped_column(Text, default="")
    story_en: Mapped[str | None] = mapped_column(Text)
    ingredients: Mapped[str] = mapped_column(Text, default="")
    net_content: Mapped[str] = mapped_column(String(80), default="")
    storage: Mapped[str] = mapped_column(Text, default="")
    usage: Mapped[str] = mapped_column(Text, default="")
    warnings: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(200), default="")
    shelf_life_days: Mapped[int | None]
    season_mask: Mapped[int] = mapped_column(default=0)
    """Bit ``m-1`` is set when month ``m`` is in season; 0 means all year."""
    is_lot_tracked: Mapped[bool] = mapped_column(default=True)
    """False for handicrafts and goods made to order: sold with a product-level code only."""
    is_service: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    """Real product whose price, weight and stock are illustrative figures."""
    source_note: Mapped[str] = mapped_column(Text, default="")
    historic_stars: Mapped[int | None]
    """Stars the sources report; history only, never shown as valid."""
    historic_stars_note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12), default="draft")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    decision_step: Mapped[str] = mapped_column(String(12), default="")
    """The editor's step that the last refusal is about; empty when none in particular."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    producer: Mapped[Producer] = relationship(lazy="raise_on_sql")
    variants: Mapped[list["Variant"]] = relationship(
        order_by="Variant.position", back_populates="product", lazy="raise_on_sql"
    )
    photos: Mapped[list["ProductPhoto"]] = relationship(
        order_by="ProductPhoto.position", lazy="raise_on_sql"
    )


class Variant(Base):
    """One thing one can put in the basket: a size of a product, with its price."""

    __tablename__ = "variant"
    __table_args__ = (
        UniqueConstraint("producer_id", "sku"),
        CheckConstraint("price_vnd >= 1000", name="price_vnd"),
        CheckConstraint("packed_weight_g > 0", name="packed_weight_g"),
        one_of("gtin_status", ("none", "declared", "verified")),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    sku: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(80))
    label_en: Mapped[str | None] = mapped_column(String(80))
    price_vnd: Mapped[Ref]
    is_price_illustrative: Mapped[bool] = mapped_column(default=False)
    net_weight_g: Mapped[int | None]
    net_volume_ml: Mapped[int | None]
    packed_weight_g: Mapped[int]
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    gtin: Mapped[str | None] = mapped_column(String(14))
    gtin_status: Mapped[str] = mapped_column(String(10), default="none")
    low_stock_at: Mapped[int] = mapped_column(default=5)
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    product: Mapped[Product] = relationship(back_populates="variants", lazy="raise_on_sql")


class ProductPhoto(Base):
    """A picture of a product, stored by content; ``is_illustration`` is said under the picture."""

    __tablename__ = "product_photo"
    __table_args__ = (UniqueConstraint("product_id", "sha"),)

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    sha: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(String(200), default="")
    alt_en: Mapped[str | None] = mapped_column(String(200))
    sharpness: Mapped[int | None]
    """How much its edges stand out (``pictures.Picture``); None for pictures taken in earlier."""
    position: Mapped[int] = mapped_column(default=0)
    is_illustration: Mapped[bool] = mapped_column(default=False)
    has_right_to_use: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class ProductSection(Base):
    """A part of a culture product's story: who makes it, what each part of the costume is."""

    __tablename__ = "product_section"
    __table_args__ = (
        one_of("kind", SECTION_KINDS),
        Index(None, "product_id", "position"),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str | None] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text, default="")
    words_en: Mapped[str | None] = mapped_column(Text)
    photo_sha: Mapped[str | None] = mapped_column(String(64))
    """One of the product's own photos; shown while that photo may be shown."""


class Certificate(Base):
    """A paper that backs a claim: an OCOP recognition, VietGAP, organic, food safety…"""

    __tablename__ = "certificate"
    __table_args__ = (
        one_of("state", CERTIFICATE_STATES),
        one_of("kind", CERTIFICATE_KINDS),
        one_of("issuer_level", ISSUER_LEVELS),
        CheckConstraint("stars IS NULL OR stars BETWEEN 3 AND 5", name="stars"),
        CheckConstraint("expires_on > issued_on", name="expires_after_issue"),
        Index(None, "product_id", "kind", "state"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    product_id: Mapped[Ref | None] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(String(12))
    product_name_printed: Mapped[str] = mapped_column(String(160), default="")
    entity_name_printed: Mapped[str] = mapped_column(String(160), default="")
    address_printed: Mapped[str] = mapped_column(String(200), default="")
    """Address as on the paper, often in the three old levels."""
    stars: Mapped[int | None]
    score: Mapped[int | None]
    certificate_no: Mapped[str] = mapped_column(String(80), default="")
    decision_no: Mapped[str] = mapped_column(String(80), default="")
    decided_on: Mapped[date | None]
    issuer_level: Mapped[str] = mapped_column(String(10), default="province")
    issuer: Mapped[str] = mapped_column(String(160), default="")
    criteria_version: Mapped[str] = mapped_column(String(40), default="148/QĐ-TTg")
    issued_on: Mapped[date]
    expires_on: Mapped[date]
    scan_sha: Mapped[str | None] = mapped_column(String(64))
    is_illustration: Mapped[bool] = mapped_column(default=False)
    """A made-up record for demonstration; every page that shows it says so."""
    superseded_by: Mapped[Ref | None] = mapped_column(ForeignKey("certificate.id"))
    """The newer record of the same product and kind that staff verified."""
    renews_id: Mapped[Ref | None] = mapped_column(ForeignKey("certificate.id"))
    """The record that this one is meant to follow, as its producer said when handing it in."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))


class ProductRevision(Base):
    """An edit of a published product that waits for staff; the published version stays on sale."""

    __tablename__ = "product_revision"
    __table_args__ = (
        one_of("state", REVISION_STATES),
        Index(
            "uq_product_revision_open",
            "product_id",
            unique=True,
            sqlite_where=text("state IN ('draft','submitted')"),
            postgresql_where=text("state IN ('draft','submitted')"),
        ),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"), index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field -> new value; ``photos``, ``sections`` -> the whole new list. Assign anew, never change
    it in place."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The replaced values, filled when it is approved: what the history compares with."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    decision_step: Mapped[str] = mapped_column(String(12), default="")
    author_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class ProductDraft(Base):
    """What one person has typed into one form of the product editor and not yet saved."""

    __tablename__ = "product_draft"
    __table_args__ = (
        UniqueConstraint("person_id", "product_id", "form"),
        Index(
            "uq_product_draft_new",
            "person_id",
            "form",
            unique=True,
            sqlite_where=text("product_id IS NULL"),
            postgresql_where=text("product_id IS NULL"),
        ),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    product_id: Mapped[Ref | None] = mapped_column(ForeignKey("product.id"), index=True)
    """None while the product has not been made."""
    form: Mapped[str] = mapped_column(String(24))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field -> what stands in it, as a list of texts. Never changed in place: assign anew."""
    seen: Mapped[str] = mapped_column(String(64), default="")
    """Digest of the stored values that the typing began from (``rules.stamp``)."""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class ProductFacets(Base):
    """One row per published product with all that a list shows or filters: read by one query.

    Higher features write their columns through catalogue's service: stock (``available``), orders
    (``sold_count``), reviews (rating), livestream (``next_session_*``),
    recalls (``recall_code``).
    """

    __tablename__ = "product_facets"
    __table_args__ = (
        Index("ix_product_facets_newest", "is_listed", "published_at", "product_id"),
        Index("ix_product_facets_cheapest", "is_listed", "price_min_vnd", "product_id"),
        # all that found products are ranked by: a search reads wide rows of its page alone
        Index(
            "ix_product_facets_ranking",
            *("product_id", "is_listed", "stars_until", "stars", "sold_count"),
        ),
        # what a place sells, best first: the shelf of neighbours walks it and stops
        Index(
            "ix_product_facets_neighbours",
            *("place", "is_listed", "sold_count", "product_id"),
        ),
        Index(None, "ocop_group", "is_listed"),
        Index(None, "province_code", "is_listed"),
    )

    product_id: Mapped[Ref] = mapped_column(
        ForeignKey("product.id"), primary_key=True, autoincrement=False
    )
    is_listed: Mapped[bool] = mapped_column(default=False)
    slug: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str | None] = mapped_column(String(160))
    producer_name: Mapped[str] = mapped_column(String(160))
    producer_slug: Mapped[str] = mapped_column(String(90))
    province_code: Mapped[str] = mapped_column(String(2))
    commune_code: Mapped[str | None] = mapped_column(String(5))
    place: Mapped[str] = mapped_column(String(160))
    """Commune and province in words, as cards show them."""
    ocop_group: Mapped[str] = mapped_column(String(12))
    subgroup: Mapped[str] = mapped_column(String(4))
    season_mask: Mapped[int] = mapped_column(default=0)
    is_youth_led: Mapped[bool] = mapped_column(default=False)
    youth_unit: Mapped[str | None] = mapped_column(String(160))
    """The union unit that vouches for the maker; set exactly when ``is_youth_led``."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    price_min_vnd: Mapped[Ref] = mapped_column(default=0)
    price_max_vnd: Mapped[Ref] = mapped_column(default=0)
    available: Mapped[int] = mapped_column(default=0)
    sold_count: Mapped[int] = mapped_column(default=0)
    stars: Mapped[int | None]
    stars_until: Mapped[date | None]
    """Stars count only while ``stars_until`` is today or later; judged at every read."""
    rating_sum: Mapped[int] = mapped_column(default=0)
    rating_count: Mapped[int] = mapped_column(default=0)
    photo_sha: Mapped[str | None] = mapped_column(String(64))
    photo_alt: Mapped[str] = mapped_column(String(200), default="")
    is_photo_illustration: Mapped[bool] = mapped_column(default=False)
    next_session_at: Mapped[datetime | None]
    next_session_slug: Mapped[str | None] = mapped_column(String(120))
    recall_code: Mapped[str | None] = mapped_column(String(8))
    """The newest open recall of lots of this product: its page shows a red banner."""
    published_at: Mapped[datetime]
    search_name: Mapped[str] = mapped_column(Text, default="")
    search_producer: Mapped[str] = mapped_column(Text, default="")
    search_place: Mapped[str] = mapped_column(Text, default="")
    """Names of the commune and the province, those before July 2025 included."""
    search_rest: Mapped[str] = mapped_column(Text, default="")


class ProductPaper(Base):
    """Until when a product may claim a kind of certificate: what lists filter by.

    Rewritten by ``refresh_facets`` from the papers that staff verified, those of the whole producer
    included; counts only while ``until`` is today or later, judged at every read.
    """

    __tablename__ = "product_paper"
    __table_args__ = (Index("ix_product_paper_kind", "kind", "until"),)

    product_id: Mapped[Ref] = mapped_column(
        ForeignKey("product_facets.product_id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    until: Mapped[date]


class CatalogueVersion(Base):
    """One row that every change of what the public sees increments: the key of the page cache."""

    __tablename__ = "catalogue_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[Ref] = mapped_column(default=1)


class ProductApproval(Base):
    """A product as staff approved it: what the next hand-in is compared with."""

    __tablename__ = "product_approval"
    __table_args__ = (Index(None, "product_id", "id"),)

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Editable column -> value; ``photos`` -> the list of pictures."""


class YouthEndorsement(Base):
    """A named union unit vouches that a producer is a start-up of young people."""

    __tablename__ = "youth_endorsement"
    __table_args__ = (
        one_of("state", ENDORSEMENT_STATES),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        *(
            Index(
                f"uq_youth_endorsement_{state}",
                "producer_id",
                unique=True,
                sqlite_where=text(f"state = '{state}'"),
                postgresql_where=text(f"state = '{state}'"),
            )
            for state in ("requested", "confirmed")
        ),
        Index(None, "producer_id", "id"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    union_unit: Mapped[str] = mapped_column(String(160))
    """Who vouches, as people call it: Xã đoàn Côn Minh."""
    project: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    programme: Mapped[str] = mapped_column(String(200), default="")
    scan_sha: Mapped[str | None] = mapped_column(String(64))
    is_illustration: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="requested")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    requested_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class ReferenceEntry(Base):
    """One wording of one thing that staff keep as data: an OCOP group or subgroup, a criteria
    version, a required paper, a ready reason. The newest revision counts; older ones are history.
    """

    __tablename__ = "reference_entry"
    __table_args__ = (
        UniqueConstraint("kind", "code", "revision"),
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="valid_span"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    """Counts from 1; what the code brings along is revision 0."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    """Why it was changed, with the source: shown in the history."""
    changed_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


append_only("product_approval")
append_only("reference_entry")
