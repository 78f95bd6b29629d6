"""Search: the same ids in the same order on both databases, whatever is typed.

The order is compared with a second, naive implementation in Python over the real demo products;
each database runs against it, so both give the same.
"""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets
from shop.catalogue.search import Query, index_product, search_ids
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
    rest: list[str]
    stars: int
    sold: int


def naive(products: list[Known], typed: str) -> list[int]:
    """Every product against every word, one by one."""
    words = fold(typed).split()

    def holds(texts: list[str]) -> bool:
        *whole, begun = words
        return all(word in texts for word in whole) and any(t.startswith(begun) for t in texts)

    found = []
    for product in products:
        if not words or not holds(product.name + product.producer + product.rest):
            continue
        tier = 2
        if holds(product.name + product.producer):
            tier = 1
        if holds(product.name):
            tier = 0
        found.append((tier, -product.stars, -product.sold, -product.id))
    return [-row[3] for row in sorted(found)]


def fill(db: Session) -> list[Known]:
    """The demo's real products, some with stars, some sold."""
    producers = {}
    for number, row in enumerate(load_products()):
        if row.producer_name not in producers:
            producers[row.producer_name] = make_producer(
                db, name=row.producer_name or "Chưa rõ", province_code=row.province_code
            )
        product = make_product(
            db,
            producer=producers[row.producer_name],
            name=row.name_vi,
            name_en=row.name_en or None,
            subgroup=row.ocop_subgroup,
            origin=row.place,
        )
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
    return [
        Known(
            row.product_id,
            row.search_name.split(),
            row.search_producer.split(),
            row.search_rest.split(),
            row.stars if row.stars and row.stars_until and row.stars_until >= TODAY else 0,
            row.sold_count,
        )
        for row in db.scalars(select(ProductFacets).execution_options(populate_existing=True))
    ]


def test_same_ids_in_the_same_order_as_the_naive_search(db: Session) -> None:
    products = fill(db)
    assert len(products) > 200
    hits = 0
    for typed in QUERIES:
        expected = naive(products, typed)
        assert search_ids(db, typed, today=TODAY, limit=500) == expected, typed
        assert search_ids(db, typed, today=TODAY, limit=3, offset=2) == expected[2:5], typed
        hits += bool(expected)
    assert hits >= 40


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
    index_product(db, product.id, name="hat dieu", producer="", rest="")
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
