"""Parts of a culture product's story: edited, judged, shown in both languages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue import queries, rules, services
from shop.catalogue.models import ProductPhoto, ProductSection
from shop.catalogue.services.sections import SectionsChanged, TooManySections
from shop.core.db import Database
from shop.core.errors import NotFound
from tests.conftest import post
from tests.factories.accounts import make_member, make_staff
from tests.factories.catalogue import make_producer, make_product


def part(**over: Any) -> queries.Section:
    values: dict[str, Any] = {
        "kind": "maker",
        "title": "Người thêu",
        "title_en": None,
        "words": "Bà thêu từng mảnh.",
        "words_en": None,
        "photo_sha": None,
    }
    return queries.Section(**(values | over))


def stamp(db: Session, product_id: int) -> str:
    return queries.stamp_of(queries.draft_of(db, product_id).sections)


def titles(db: Session, product_id: int) -> list[str]:
    return [one.title for one in queries.draft_of(db, product_id).sections]


def make_doll(db: Session, **over: Any) -> tuple[int, int]:
    """Product and the person who makes it."""
    producer = make_producer(db)
    person = make_member(db, "producer", producer.id).id
    product = make_product(db, producer=producer, name="Búp bê", subgroup="H1", **over)
    return product.id, person


def save(db: Session, product: int, actor: int, now: datetime, **over: Any) -> None:
    services.save_section(
        db,
        product_id=product,
        actor_id=actor,
        stamp=over.pop("stamp", None) or stamp(db, product),
        index=over.pop("index", None),
        section=part(**over),
        now=now,
    )


def test_written_moved_and_taken_out(db: Session, now: datetime) -> None:
    product, actor = make_doll(db, published=False)
    for title in ("Một", "Hai", "Ba"):
        save(db, product, actor, now, title=title)
    at = {"product_id": product, "actor_id": actor, "now": now}
    services.move_section(db, stamp=stamp(db, product), index=2, **at)
    services.move_section(db, stamp=stamp(db, product), index=0, **at)
    assert titles(db, product) == ["Một", "Ba", "Hai"]
    save(db, product, actor, now, index=1, title="Ba mới")
    services.remove_section(db, stamp=stamp(db, product), index=0, **at)
    assert titles(db, product) == ["Ba mới", "Hai"]
    with pytest.raises(NotFound):
        services.remove_section(db, stamp=stamp(db, product), index=2, **at)


def test_a_stale_page_changes_no_other_part(db: Session, now: datetime) -> None:
    product, actor = make_doll(db, published=False)
    save(db, product, actor, now, title="Một")
    seen = stamp(db, product)
    save(db, product, actor, now, title="Hai")
    with pytest.raises(SectionsChanged):
        save(db, product, actor, now, title="Đè", index=0, stamp=seen)
    assert titles(db, product) == ["Một", "Hai"]
    for _ in range(rules.MAX_SECTIONS - 2):
        save(db, product, actor, now)
    with pytest.raises(TooManySections):
        save(db, product, actor, now)


def test_only_own_photos(db: Session, now: datetime) -> None:
    product, actor = make_doll(db, published=False)
    own = db.scalars(select(ProductPhoto.sha).where(ProductPhoto.product_id == product)).one()
    save(db, product, actor, now, photo_sha=own)
    save(db, product, actor, now, photo_sha="f" * 64)
    assert [one.photo_sha for one in queries.sections_of(db, product)] == [own, None]


def test_on_sale_a_change_waits_for_staff(
    client: FlaskClient, database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        product, actor = make_doll(db)
        slug = queries.draft_of(db, product).product.slug
        judge = make_staff(db).id
        save(db, product, actor, now, title="Khăn đội đầu", title_en="Headscarf", words="Vải chàm.")
    assert "Khăn đội đầu" not in client.get(f"/san-pham/{slug}").text
    with database.transaction() as db:
        draft = queries.draft_of(db, product)
        changes = queries.changes_since(draft, queries.baseline_of(db, draft))
        assert [change.field for change in changes] == ["sections"]
        services.submit_product(db, product_id=product, actor_id=actor, now=now)
        services.decide_product(db, product_id=product, actor_id=judge, approve=True, now=now)
    page = client.get(f"/san-pham/{slug}").text
    assert "Khăn đội đầu" in page
    english = client.get(f"/en/san-pham/{slug}").text
    assert "Headscarf" in english
    assert '<div class="prose" lang="vi"><p>Vải chàm.</p>' in english, "marked for screen readers"
    assert "has not written an English version yet" in english
    assert "has not written an English version yet" not in page


def test_put_away_and_taken_out_again_keeps_the_parts(db: Session, now: datetime) -> None:
    product, actor = make_doll(db)
    save(db, product, actor, now, title="Chưa duyệt")
    services.archive_product(db, product_id=product, actor_id=actor, now=now)
    assert [one.title for one in queries.sections_of(db, product)] == ["Chưa duyệt"]


def test_missing_english_is_named() -> None:
    values = {"name": "Búp bê", "name_en": "Doll", "story": "Chuyện", "story_en": None}
    told = rules.missing_english(values, [part(), part(title="Áo", title_en="Coat", words="")])
    assert told == ["Câu chuyện sản phẩm", "Người thêu"]


def test_the_editors_step(
    client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        producer, other = make_producer(db), make_producer(db)
        owner = make_member(db, "producer", producer.id).email
        product = make_product(db, producer=producer, published=False).id
        foreign = make_product(db, producer=other, published=False).id
        empty = queries.stamp_of([])
    desk, base = signed_in(owner), f"/ban-hang/san-pham/{product}/cau-chuyen"
    assert "Thêm một phần" in desk.get(base).text
    typed = {"kind": "costume", "title": "Khăn", "words": "Vải", "stamp": empty}
    assert post(desk, base, typed).status_code == 303
    page = desk.get(base).text
    assert "Còn thiếu bản tiếng Anh" in page
    assert 'value="Khăn"' in desk.get(f"{base}?sua=0").text
    assert post(desk, base, typed).status_code == 409, "the page was stale"
    for wrong in (
        {"title": ""},
        {"title": "x" * 200},
        {"words": "x" * 500_000},
        {"kind": "khac"},
        {"kind": ""},
    ):
        assert post(desk, base, typed | wrong).status_code == 422, wrong
    assert desk.get(f"{base}?sua=99").status_code == 200
    address = f"/ban-hang/san-pham/{foreign}/cau-chuyen"
    assert desk.get(address).status_code == 404
    for path in (address, f"{address}/0", f"{address}/0/len", f"{address}/0/bo"):
        assert post(desk, path, typed).status_code == 404
    with database.read() as db:
        assert db.scalars(select(ProductSection.title)).all() == ["Khăn"]
