"""From catalogue facts to what a channel is told: title, description, price, stock.

Titles name the thing and its net content and nothing else; promotion words and star claims without
a valid certificate are left out and named. Texts are NFC without control characters.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from shop.catalogue.rules import GROUPS, SUBGROUPS, Paper, group_of, is_valid
from shop.core.text import clean
from shop.marketplaces.rules import axes, words
from shop.marketplaces.rules.facts import (
    Choice,
    PaperFacts,
    PhotoFacts,
    ProducerFacts,
    ProductFacts,
    VariantFacts,
)
from shop.marketplaces.rules.pricing import channel_price
from shop.marketplaces.rules.profile import Profile
from shop.stock.rules import channel_units

MOST_CHARACTERS: Final = 40_000
"""Of each text, so many characters are read: a megabyte in one field costs no more."""

_LOOSE: Final = re.compile(r"\(\s*\)|\[\s*\]")
_DANGLING: Final = re.compile(r"^[\s\-–—,.:]+|[\s\-–—,:]+$")


@dataclass(frozen=True)
class ListingVariant:
    """A row to be sold: price in đồng after the price rule, units after the reserve."""

    sku: str
    option: str
    price_vnd: int
    stock: int
    facts: VariantFacts
    options: tuple[str, ...] = ()
    """One value per kind of choice."""
    is_kept: bool = False
    """Whether the units are kept for this channel alone, so that nobody else can sell them."""


@dataclass(frozen=True)
class Listing:
    """A product as one channel will show it."""

    product: ProductFacts
    producer: ProducerFacts
    title: str
    built_title: str
    dropped: tuple[str, ...]
    """Words that the built title leaves out."""
    description: str
    variants: tuple[ListingVariant, ...]
    photos: tuple[PhotoFacts, ...]
    """Readable, with the right to use, at most as many as the channel takes."""
    recognition: PaperFacts | None
    """The OCOP record whose stars count today."""
    trace_url: str
    page_url: str = ""
    """Where the product is shown and sold by its maker."""
    category_id: str = ""
    """The channel's own id of the category; empty until it is chosen."""

    built_description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Values by the attribute's key or name."""
    deliveries: tuple[str, ...] = ()
    handling_days: int | None = None
    photo_fit: str = "pad"

    @property
    def axis_names(self) -> tuple[str, ...]:
        """What the kinds of choice are called; none for a single size."""
        if len(self.variants) < 2:
            return ()
        return axes.axis_names([variant.options for variant in self.variants])

    @property
    def stars(self) -> int | None:
        return self.recognition.stars if self.recognition else None

    @property
    def folder(self) -> str:
        """Name of the photo folder: the first SKU, safe for every file system."""
        sku = self.variants[0].sku if self.variants else ""
        return safe_name(sku) or f"san-pham-{self.product.id}"


def bounded(text: str) -> str:
    """``clean`` of the beginning: more than any cell holds, so nothing is judged by what is cut."""
    return clean(text[:MOST_CHARACTERS])


def safe_name(text: str) -> str:
    """Letters, digits, hyphen and underscore only; no path can be made of it."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:60]


def text_length(text: str) -> int:
    """Characters as a person counts them: code points of the NFC text."""
    return len(clean(text))


def amount(variant: VariantFacts) -> str:
    """``500 g``, ``1 kg``, ``750 ml``, ``1 lít``; empty when neither weight nor volume is known."""
    if variant.net_weight_g:
        return _scaled(variant.net_weight_g, "g", "kg")
    return _scaled(variant.net_volume_ml, "ml", "lít") if variant.net_volume_ml else ""


def _scaled(value: int, small: str, large: str) -> str:
    if value < 1000:
        return f"{value} {small}"
    whole = f"{value / 1000:.3f}".rstrip("0").rstrip(".")
    return f"{whole.replace('.', ',')} {large}"


def net_content(product: ProductFacts) -> str:
    """The amounts of all variants, else what the label says."""
    amounts = list(dict.fromkeys(filter(None, map(amount, product.variants))))
    return ", ".join(amounts[:4]) or bounded(product.net_content)


def build_title(
    product: ProductFacts, profile: Profile, stars: int | None
) -> tuple[str, list[str]]:
    """The title by the channel's habits, and the words of the name that it leaves out."""
    title, dropped = bounded(product.name).replace("\n", " "), []
    unwanted = words.hits(words.PROMO, title) + words.unproven_stars(title, stars)
    for phrase in sorted(unwanted, key=len, reverse=True):
        title = title.replace(phrase, " ")
        dropped.append(phrase)
    title = _tidy(title)
    content = net_content(product)
    if title and content and not words.AMOUNT.search(title) and len(content) <= 60:
        title = f"{title} {content}"
    least = profile.limits.title_min
    origin = bounded(product.origin).split(",")[0].strip()
    if least and 0 < len(title) < least.value and origin:
        title = f"{title} {origin}"
    return title, dropped


def _tidy(title: str) -> str:
    bare = " ".join(_LOOSE.sub(" ", title).split())
    return _DANGLING.sub("", bare)


def recognition(papers: Sequence[PaperFacts], day: date) -> PaperFacts | None:
    """The product's own OCOP record with the highest stars among those that count on ``day``."""
    counted = [
        paper
        for paper in papers
        if paper.kind == "ocop"
        and paper.is_own
        and paper.stars is not None
        and is_valid(as_paper(paper), day)
    ]
    return max(counted, key=lambda paper: (paper.stars or 0, paper.expires_on), default=None)


def as_paper(paper: PaperFacts) -> Paper:
    """The paper as catalogue's rules judge it."""
    return Paper(paper.kind, paper.state, paper.issued_on, paper.expires_on, paper.stars)


def stars_sentence(paper: PaperFacts) -> str:
    """What may be said of the stars, with the decision behind them and their last day."""
    by = " ".join(filter(None, (paper.decision_no, paper.issuer and f"của {paper.issuer}")))
    mark = " (hồ sơ minh họa)" if paper.is_illustration else ""
    source = f", theo {by}" if by else ""
    until = paper.expires_on.strftime("%d/%m/%Y")
    return f"Sản phẩm OCOP {paper.stars} sao{source}, hiệu lực đến {until}{mark}."


def description_parts(
    product: ProductFacts, producer: ProducerFacts, paper: PaperFacts | None
) -> list[str]:
    """Paragraphs in the order in which buyers ask: what it is, what is in it, how to keep it."""
    days = product.shelf_life_days
    labelled = (
        ("Thành phần", product.ingredients),
        ("Khối lượng tịnh", net_content(product)),
        ("Hạn dùng", f"{days} ngày kể từ ngày sản xuất" if days else ""),
        ("Bảo quản", product.storage),
        ("Cách dùng", product.usage),
        ("Cảnh báo", product.warnings),
        ("Xuất xứ", product.origin),
        ("Nơi sản xuất", ", ".join(filter(None, (producer.name, producer.place)))),
    )
    parts = [bounded(product.summary), bounded(product.story)]
    parts += [f"{label}: {bounded(text)}" for label, text in labelled if text]
    if paper:
        parts.append(stars_sentence(paper))
    return [part for part in parts if part]


def build_description(parts: Sequence[str], profile: Profile) -> str:
    """Plain text with blank lines, or escaped HTML paragraphs where the channel wants HTML."""
    if profile.description_format == "plain":
        return "\n\n".join(parts)
    escaped = (html.escape(part, quote=False).replace("\n", "<br>") for part in parts)
    return "".join(f"<p>{part}</p>" for part in escaped)


def build_listing(
    product: ProductFacts,
    producer: ProducerFacts,
    profile: Profile,
    choice: Choice,
    *,
    day: date,
    public_url: str,
) -> Listing:
    """The product as the channel will show it on ``day``."""
    paper = recognition(product.papers, day)
    built, dropped = build_title(product, profile, paper.stars if paper else None)
    override = bounded(choice.title).replace("\n", " ")
    described = build_description(description_parts(product, producer, paper), profile)
    own_words = bounded(choice.description)
    return Listing(
        product=product,
        producer=producer,
        title=override or built,
        built_title=built,
        dropped=() if override else tuple(dropped),
        description=build_description(own_words.split("\n\n"), profile) if own_words else described,
        built_description=described,
        attributes=choice.attributes,
        deliveries=choice.deliveries,
        handling_days=choice.handling_days,
        photo_fit=choice.photo_fit,
        variants=_variants(product, choice, profile.slug),
        photos=chosen_photos(product, choice.photos)[: profile.limits.photos_max.value],
        recognition=paper,
        trace_url=f"{public_url}/T/{product.trace_code}" if product.trace_code else "",
        page_url=f"{public_url}/san-pham/{product.slug}",
        category_id=choice.category_id,
    )


def _variants(product: ProductFacts, choice: Choice, channel: str) -> tuple[ListingVariant, ...]:
    labels = [bounded(variant.label) for variant in product.variants]
    parts = axes.split_labels(labels)
    return tuple(
        _variant(variant, label, options, choice, channel)
        for variant, label, options in zip(product.variants, labels, parts, strict=True)
    )


def _variant(
    variant: VariantFacts, label: str, options: tuple[str, ...], choice: Choice, channel: str
) -> ListingVariant:
    return ListingVariant(
        sku=bounded(variant.sku),
        option=label,
        options=options,
        price_vnd=channel_price(variant.price_vnd, choice.price),
        stock=offered_units(variant, choice.stock_reserve, channel),
        facts=variant,
        is_kept=dict(variant.kept).get(channel, 0) > 0,
    )


def offered_units(variant: VariantFacts, reserve: int, channel: str) -> int:
    """What the channel may sell: the units kept for it, else what is free above the shop's own
    floor and above ``reserve``. Units set aside for a livestream are not free."""
    kept = dict(variant.kept).get(channel, 0)
    units = channel_units(kept=kept, available=variant.available, shop_floor=variant.shop_floor)
    return units if kept else max(0, units - reserve)


def chosen_photos(product: ProductFacts, wanted: Sequence[str]) -> tuple[PhotoFacts, ...]:
    """The usable photos in the order wished; all of them when none is named or none is left."""
    usable = usable_photos(product)
    by_sha = {photo.sha: photo for photo in usable}
    named = tuple(by_sha[sha] for sha in wanted if sha in by_sha)
    return named or usable


def usable_photos(product: ProductFacts) -> tuple[PhotoFacts, ...]:
    """Photos that may and can be handed on."""
    return tuple(p for p in product.photos if p.has_right_to_use and p.size is not None)


def group_label(subgroup: str) -> str:
    """``Thực phẩm: Chế biến từ gạo, ngũ cốc, củ``; empty for an unknown subgroup."""
    if subgroup not in SUBGROUPS:
        return ""
    return f"{GROUPS[group_of(subgroup).code].label}: {SUBGROUPS[subgroup].label}"
