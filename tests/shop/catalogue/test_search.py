"""Search: the same ids in the same order on both databases, whatever is typed.

The order is compared with a second, naive implementation in Python over the real demo products;
each database runs against it, so both give the same. What slips and old names find is compared with
``search_set.json``: a query, why it is there, how many products it finds and the first of them.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets
from shop.catalogue.rules.spelling import distance, is_one_slip
from shop.catalogue.search import (
    Entry,
    Query,
    index_product,
    nearest_spelling,
    read_query,
    search_ids,
    suggest,
)
from shop.core.db import Database
from shop.core.text import fold
from shop.demo.seed_rows import load_products
from tests.factories.catalogue import make_producer, make_product

TODAY = date(2026, 11, 22)

QUERIES = (
    "miến dong",
    "mien dong",
    "MIEN DONG",
    "Miến dong Tài Hoan",
    "tai hoan",
    "mien",
    "mie",
    "m",
    "dong mien",
    "mật ong",
    "mat ong bac ha",
    "ong mat",
    "chè",
    "che shan",
    "chè shan tuyết",
    "tra hoa vang",
    "trà",
    "hoa vang bac kan",
    "gao nep",
    "gạo",
    "nep nuong",
    "thit trau gac bep",
    "trau",
    "lap xuong",
    "mang kho",
    "măng",
    "nuoc mam",
    "tuong ot",
    "ca phe",
    "cà phê arabica",
    "cam",
    "cam sanh",
    "vai thieu",
    "nhan",
    "buoi",
    "dau",
    "đậu",
    "đông trùng hạ thảo",
    "dong trung",
    "gừng",
    "gung da",
    "nghe",
    "tinh bot nghe",
    "tinh dau",
    "thổ cẩm",
    "tho cam",
    "den long",
    "huong",
    "banh",
    "bánh đa",
    "thai nguyen",
    "xa con minh",
    "ha diep",
    "cong ty tnhh",
    "htx",
    "htx tai",
    "thuc pham",
    "tea",
    "noodles",
    "ocop khong co that",
    "zzzz",
    "mien-dong",
    "miến, dong!",
    "  miến   dong  ",
)


@dataclass(frozen=True)
class Known:
    """What the naive implementation looks at."""

    id: int
    name: list[str]
    producer: list[str]
    place: list[str]
    rest: list[str]
    stars: int
    sold: int


def naive(products: list[Known], typed: str) -> list[int]:
    """Every product against every word, one by one, as typed."""
    words = fold(typed).split()
    *whole, begun = words or [""]

    def holds(*fields: list[str], begins: bool = True) -> bool:
        texts = [word for field in fields for word in field]
        is_last = any(t.startswith(begun) if begins else t == begun for t in texts)
        return all(word in texts for word in whole) and is_last

    def runs(*fields: list[str]) -> bool:
        return any(
            field[at : at + len(whole)] == whole
            and any(word.startswith(begun) for word in field[at + len(whole) :][:1])
            for field in fields
            for at in range(len(field))
        )

    found = []
    for product in products:
        if not words or not holds(product.name, product.producer, product.place, product.rest):
            continue
        in_name = holds(product.name, begins=len(words) == 1)
        in_names = in_name or holds(product.name, product.producer, begins=len(words) == 1)
        tier = next(
            (
                tier
                for tier, is_so in enumerate(
                    (
                        len(words) > 1 and runs(product.name),
                        in_name,
                        len(words) > 1 and runs(product.name, product.producer),
                        in_names,
                        len(words) > 1 and runs(product.place),
                    )
                )
                if is_so
            ),
            5,
        )
        found.append((tier, -product.stars, -product.sold, -product.id))
    return [-row[3] for row in sorted(found)]


def fill(db: Session) -> tuple[list[Known], dict[int, str]]:
    """The demo's real products, some with stars, some sold; and the name of each in the set."""
    producers = {}
    labels = {}
    for number, row in enumerate(load_products()):
        maker = (row.producer_name, row.province_code, row.commune_code)
        if maker not in producers:
            producers[maker] = make_producer(
                db,
                name=row.producer_name or "Chưa rõ",
                province_code=row.province_code,
                commune_code=row.commune_code or None,
            )
        product = make_product(
            db,
            producer=producers[maker],
            name=row.name_vi,
            name_en=row.name_en or None,
            subgroup=row.ocop_subgroup,
            **dict.fromkeys(("summary", "ingredients", "origin", "story"), ""),
        )
        labels[product.id] = row.sku_hint
        db.execute(
            update(ProductFacets)
            .where(ProductFacets.product_id == product.id)
            .values(
                sold_count=number % 7,
                stars=(None, 3, 4, 5)[number % 4],
                stars_until=(None, date(2027, 1, 1), date(2026, 11, 22), date(2026, 11, 21))[
                    number % 4
                ],
            )
        )
    db.commit()
    known = [
        Known(
            row.product_id,
            row.search_name.split(),
            row.search_producer.split(),
            row.search_place.split(),
            row.search_rest.split(),
            row.stars if row.stars and row.stars_until and row.stars_until >= TODAY else 0,
            row.sold_count,
        )
        for row in db.scalars(select(ProductFacets).execution_options(populate_existing=True))
    ]
    return known, labels


def test_same_ids_in_the_same_order_as_the_naive_search(db: Session) -> None:
    products, _labels = fill(db)
    assert len(products) > 200
    hits = 0
    for typed in QUERIES:
        expected = naive(products, typed)
        if not expected and not read_query(db, typed).is_as_typed:
            continue
        assert search_ids(db, typed, today=TODAY, limit=500) == expected, typed
        assert search_ids(db, typed, today=TODAY, limit=3, offset=2) == expected[2:5], typed
        hits += bool(expected)
    assert hits >= 40


@dataclass(frozen=True)
class Expected:
    """A line of the shared test set; ``first`` are sku hints of the demo's products."""

    typed: str
    why: str
    total: int
    first: list[str]


SEARCH_SET = [
    Expected(**line)
    for line in json.loads(Path(__file__).with_name("search_set.json").read_text(encoding="utf-8"))
]


def test_shared_set_finds_the_same_on_both(db: Session) -> None:
    labels = fill(db)[1]
    kinds = {line.why for line in SEARCH_SET}
    assert len(SEARCH_SET) >= 60
    assert {"slip", "old name", "joined words", "sound"} <= kinds
    for line in SEARCH_SET:
        ids = search_ids(db, line.typed, today=TODAY, limit=500)
        assert (len(ids), [labels[i] for i in ids[:10]]) == (line.total, line.first), line.typed


def test_accents_and_d_with_stroke_do_not_matter(db: Session) -> None:
    product = make_product(db, name="Đậu đũa muối Điện Biên")
    for typed in ("dau dua", "đậu đũa", "ĐẬU ĐŨA", "dien bien muoi", "đ\u00e2\u0323u"):
        assert search_ids(db, typed, today=TODAY) == [product.id], typed


def test_only_the_last_word_may_be_a_beginning(db: Session) -> None:
    product = make_product(db, name="Miến dong Tài Hoan")
    assert search_ids(db, "mien do", today=TODAY) == [product.id]
    assert search_ids(db, "mie dong", today=TODAY) == []


def test_products_that_are_not_listed_are_not_found(db: Session) -> None:
    product = make_product(db, name="Hạt mắc ca")
    db.execute(update(ProductFacets).values(is_listed=False))
    assert search_ids(db, "mac ca", today=TODAY) == []
    db.execute(update(ProductFacets).values(is_listed=True))
    assert search_ids(db, "mac ca", today=TODAY) == [product.id]


def test_indexing_again_replaces_what_was_there(db: Session) -> None:
    product = make_product(db, name="Hạt mắc ca")
    index_product(db, Entry(product.id, "htx", name="hat dieu", producer=""))
    assert search_ids(db, "mac ca", today=TODAY) == []
    assert search_ids(db, "hat dieu", today=TODAY) == [product.id]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "!!!",
        '"',
        '"mien',
        "mien*",
        "mien OR dong",
        "NEAR(mien dong)",
        "name:mien",
        "-mien",
        "^mien",
        "mien'); DROP TABLE product_search; --",
        "'mien' & 'dong'",
        "!(mien|dong):*",
        "\\",
        "\x00",
        "mien\x00dong",
        "a" * 1_000_000,
        " ".join("abcdefghijklmnopqrstuvwxyz" * 5),
        "😀",
        "%",
        "_",
        "\ud800",
    ],
)
def test_hostile_input_is_only_words(db: Session, typed: str) -> None:
    make_product(db, name="Miến dong")
    assert isinstance(search_ids(db, typed, today=TODAY), list)
    assert db.scalar(text("SELECT count(*) FROM product_search")) == 1


def test_operators_are_searched_as_words(db: Session) -> None:
    make_product(db, name="Miến dong")
    both = make_product(db, name="Bánh or kẹo")
    assert search_ids(db, "banh OR keo", today=TODAY) == [both.id]
    assert search_ids(db, "mien OR keo", today=TODAY) == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(typed=st.text(max_size=60))
def test_anything_may_be_typed(database: Database, typed: str) -> None:
    with database.read() as db:
        assert search_ids(db, typed, today=TODAY) == []


def test_words_are_cut_to_a_sensible_length() -> None:
    query = Query.parse("Đ" * 500 + " x")
    assert len(query.words) == 1
    assert len(query.words[0]) <= 40
    assert Query.parse("  Miến–dong ").text == "mien dong"


# Slips and suggestions.


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ("mein", "mien", True),
        ("miem", "mien", True),
        ("mie", "mien", True),
        ("mienn", "mien", True),
        ("cha", "tra", True),
        ("tre", "che", True),
        ("dao", "giao", True),
        ("mien", "mien", False),
        ("meni", "mien", False),
        ("mang", "mien", False),
    ],
)
def test_one_slip(typed: str, word: str, expected: bool) -> None:
    assert is_one_slip(typed, word) is expected


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_symmetric_and_capped(one: str, other: str) -> None:
    full = distance(one, other, 12)
    assert full == distance(other, one, 12)
    assert (full == 0) == (one == other)
    assert min(full, 3) == distance(one, other, 2)


def test_one_slip_is_forgiven_only_when_nothing_holds_the_words(db: Session) -> None:
    mien = make_product(db, name="Miến dong")
    men = make_product(db, name="Men lá", ingredients="Lá rừng", summary="")
    db.commit()
    assert search_ids(db, "men", today=TODAY) == [men.id]
    assert search_ids(db, "mienn", today=TODAY) == [mien.id]
    assert search_ids(db, "dogn", today=TODAY) == [mien.id]
    assert search_ids(db, "dognn xyz", today=TODAY) == []
    db.execute(
        update(ProductFacets).where(ProductFacets.product_id == men.id).values(is_listed=False)
    )
    assert search_ids(db, "men", today=TODAY) == [mien.id]


def test_numbers_are_never_bent(db: Session) -> None:
    make_product(db, name="Bánh 2024")
    db.commit()
    assert search_ids(db, "2025", today=TODAY) == []


def test_nearest_spelling_is_for_two_slips(db: Session) -> None:
    make_product(db, name="Đông trùng hạ thảo")
    db.commit()
    assert search_ids(db, "dogn turng ha thoa", today=TODAY)
    assert search_ids(db, "dong trrugn", today=TODAY) == []
    nearest = nearest_spelling(db, read_query(db, "dong trrugn"))
    assert nearest is not None
    assert nearest.text == "dong trung"
    assert nearest_spelling(db, read_query(db, "qqqqqqqq")) is None
    assert nearest_spelling(db, read_query(db, "")) is None


def test_old_place_names_find_the_new_commune(db: Session) -> None:
    here = make_product(db, name="Miến dong", origin="")
    commune_unknown = make_producer(db, commune_code=None)
    province = make_product(db, producer=commune_unknown, name="Trà", origin="")
    elsewhere = make_producer(db, province_code="08")
    make_product(db, producer=elsewhere, name="Cam", origin="")
    assert search_ids(db, "Na Rì", today=TODAY) == [here.id]
    assert search_ids(db, "huyen na ri bac kan", today=TODAY) == [here.id]
    assert set(search_ids(db, "Bắc Kạn", today=TODAY)) == {here.id, province.id}


def test_suggestions_are_of_four_kinds(db: Session) -> None:
    maker = make_producer(db, name="HTX Tài Hoan")
    make_product(db, name="Miến dong Tài Hoan", producer=maker, stars=5)
    make_product(db, name="Mứt gừng", subgroup="F33")
    make_product(db, name="Ẩn", photo=False)
    db.commit()
    found = suggest(db, "tài ho", today=TODAY)
    assert [row.name for row in found.products] == ["Miến dong Tài Hoan"]
    assert [row.name for row in found.makers] == ["HTX Tài Hoan"]
    assert [row.stars for row in found.products] == [5]
    assert [place.commune_code for place in suggest(db, "na ri", today=TODAY).places] == ["02185"]
    assert suggest(db, "thai nguyen", today=TODAY).places[0].province_code == "19"
    assert suggest(db, "do uong", today=TODAY).kinds[0] == "beverage"
    assert "F22" in suggest(db, "mat on", today=TODAY).kinds
    assert suggest(db, "mut gugn", today=TODAY).products[0].name == "Mứt gừng"
    assert not suggest(db, "an", today=TODAY).products
    for typed in ("", "m", "\x00", "%", "' OR 1", "a" * 10**6):
        assert isinstance(suggest(db, typed, today=TODAY).products, tuple | list)


def test_words_of_two_writers_at_once_are_kept(database: Database) -> None:
    with database.write() as one:
        make_product(one, name="Zaza lulu")
        one.commit()
    with database.write() as two:
        make_product(two, name="Lulu zaza")
        two.commit()
    with database.read() as db:
        words = text("SELECT count(*) FROM product_search_words WHERE word IN ('zaza', 'lulu')")
        assert db.scalar(words) == 2
