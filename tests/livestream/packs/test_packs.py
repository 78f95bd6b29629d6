"""Packs: the platform's ids, its policy, the same bytes for the same session."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from livestream.clubs.policies import policy_of
from livestream.packs.rules import Good, advise, flash_span, platform_id
from livestream.sessions.services import ItemWish
from shop.core import clock
from shop.core.db import Database
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import make_club, make_session


@pytest.mark.parametrize(
    ("platform", "address", "found"),
    [
        ("shopee", "https://shopee.vn/Mien-dong-i.123456.7890123", "123456.7890123"),
        ("shopee", "https://shopee.vn/product/12/34?x=1", "12.34"),
        ("tiktok", "https://www.tiktok.com/view/product/1729384756", "1729384756"),
        ("tiktok", "https://www.tiktok.com/@htx", ""),
        ("zalo", "https://zalo.me/product/1234567", ""),
    ],
)
def test_ids(platform: str, address: str, found: str) -> None:
    assert platform_id(platform, address) == found


def test_a_live_price_is_as_long_as_the_platform_can_run_it() -> None:
    """TikTok runs one for up to 20 minutes: it starts when the product is shown."""
    starts = clock.now()
    ends, shown_at = starts + timedelta(minutes=90), starts + timedelta(minutes=29)
    for platform, shown, span in (
        ("tiktok", shown_at, (29, 49)),
        ("tiktok", starts + timedelta(minutes=80), (80, 90)),
        ("tiktok", starts - timedelta(minutes=5), (0, 20)),
        ("facebook", shown_at, (0, 90)),
    ):
        found = flash_span(starts, ends, shown_at=shown, policy=policy_of(platform))
        assert found == tuple(starts + timedelta(minutes=at) for at in span)


def test_what_stands_against_a_session_on_a_platform_is_said() -> None:
    good = Good("A1", 4, "Quét mã trên gói nhé.", has_id=False, flash_minutes=90)
    on_tiktok = advise(policy_of("tiktok"), "Chợ sáng. Gọi 0912345678", [good])
    assert [(one.code, next(iter(one.params.values()))) for one in on_tiktok] == [
        ("", "0912345678"),
        ("", "A1"),
        ("", "A1"),
        ("A1", "Quét mã"),
    ]
    assert advise(policy_of("facebook"), "Chợ sáng. Gọi 0912345678", [good]) == []


def test_a_pack_is_the_same_twice_and_keeps_to_the_policy(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    with database.transaction() as db:
        manager, other = make_person(db), make_person(db)
        make_club(db, manager_id=other.id)
        live = make_session(
            db,
            make_club(db, manager_id=manager.id),
            items=[ItemWish(variant_of(db, make_product(db)).id, 10, 30_000, 0, 5, 10, 4, 2)],
            starts_at=clock.now() + timedelta(days=3),
            about="Hàng vùng cao.",
            now=clock.now(),
        )
        base = f"/clb/phien/{live.public_id}/goi-kenh"
        slug = live.slug
    client = signed_in(manager.email or "")
    files = {}
    for platform in ("tiktok", "facebook"):
        first, again = (client.get(f"{base}/{platform}.zip") for _ in range(2))
        assert first.status_code == 200
        assert first.data == again.data
        files[platform] = zipfile.ZipFile(io.BytesIO(first.data))
    assert files["tiktok"].testzip() is None
    assert slug not in files["tiktok"].read("tieu-de.txt").decode()
    assert slug in files["facebook"].read("tieu-de.txt").decode()
    flash = files["tiktok"].read("gia-chop-nhoang.csv").decode()
    assert flash.splitlines()[1].endswith(",4,2")
    assert len(files["tiktok"].read("bang-chay.csv").decode().splitlines()) >= 4
    said = files["tiktok"].read("can-xem-lai.txt").decode("utf-8-sig")
    assert "A1" in said
    assert said.splitlines()[0].split(" chưa ")[0] in client.get(base).get_data(as_text=True)
    assert files["tiktok"].read("bia.jpg")[:2] == b"\xff\xd8"
    assert client.get(f"{base}/lazada.zip").status_code == 404
    assert signed_in(other.email or "").get(f"{base}/tiktok.zip").status_code in {403, 404}
