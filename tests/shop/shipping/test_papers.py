"""Papers of parcels as a scanner, a carrier and a thief meet them."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from sqlalchemy import event, select

from shop.catalogue.models import Producer
from shop.core.db import Database
from shop.orders.models import Order, Shipment, ShipmentLine
from shop.orders.services import pack_order
from shop.payments.services import apply_txn
from shop.shipping.papers import make_papers
from shop.shipping.papers.layout import NOTE_GOES_ON, label_pages, slip_pages
from shop.shipping.queries import printable_orders, sendings
from shop.shipping.rules.papers import KINDS, PAGE_SIZES, Goods, Paper
from shop.traceability.labels.layout import Text
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.payments import make_attempt, make_txn
from tests.factories.stock import make_stock

NOW = datetime.now(UTC)

ORDER_QR = "HTTPS://CHOPHIEN.VN/D/7KQ2M9XW4T"


def lot_qr(number: int) -> str:
    return f"HTTPS://CHOPHIEN.VN/T/8CKTBHP{number:03}"


PAPER = Paper(
    code="7KQ2M9XW4T",
    qr=ORDER_QR,
    sender="HTX Tài Hoan",
    sender_place="Thôn Chè Cọ, Xã Côn Minh, Tỉnh Thái Nguyên",
    sender_phone="0209 387 6543",
    recipient="Lò Thị Mai",
    recipient_phone="0912345678",
    street="Số 12 ngõ 345 đường Nguyễn Trãi",
    place="Phường Thanh Xuân, Thành phố Hà Nội",
    cod_vnd=1_125_000,
    weight_g=1250,
    goods=(
        Goods("Miến dong · Gói 500 g", 2, "MD-2611", lot_qr(1)),
        Goods("Chè", 1, "CH-1", lot_qr(2)),
    ),
    note="Gọi trước khi giao",
    carrier="Viettel Post",
    tracking_no="VTP123456789",
)

every_paper = pytest.mark.parametrize("size", list(PAGE_SIZES))


def drawn(paper: Paper | Sequence[Paper], kind: str, size: str) -> bytes:
    papers = [paper] if isinstance(paper, Paper) else paper
    return make_papers(papers, kind=kind, size=PAGE_SIZES[size])


def pictures(pdf: bytes, folder: Path) -> list[Image.Image]:
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is missing (Debian package poppler-utils)")
    (folder / "paper.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "203", "-gray", "-png", "paper.pdf", "p"], cwd=folder, check=True
    )
    found = []
    for path in sorted(folder.glob("p-*.png")):
        with Image.open(path) as image:
            found.append(image.convert("L"))
        path.unlink()
    return found


def texts_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


@every_paper
@pytest.mark.parametrize("kind", list(KINDS))
def test_every_qr_decodes_from_a_thermal_printers_dots(
    kind: str, size: str, tmp_path: Path
) -> None:
    [page] = pictures(drawn(PAPER, kind, size), tmp_path)
    read = {code.text for code in zxingcpp.read_barcodes(page)}
    assert read == {ORDER_QR, lot_qr(1), lot_qr(2)}


@every_paper
def test_a_label_says_what_the_carrier_needs(size: str) -> None:
    [said] = texts_of(drawn(PAPER, "nhan", size))
    for wanted in (
        *("HTX Tài Hoan", "Xã Côn Minh", "0209 387 6543", "Lò Thị Mai", "0912345678"),
        *("ngõ 345 đường Nguyễn Trãi", "THU HỘ", "1.125.000 ₫", "1.250 g", "Gọi trước khi giao"),
        *("Viettel Post · VTP123456789", "7KQ2M9XW4T", "MD-2611"),
    ):
        assert wanted in said
    assert "ĐÃ THANH TOÁN" not in said


@every_paper
def test_a_paid_parcel_says_so_in_large_type(size: str) -> None:
    [said] = texts_of(drawn(replace(PAPER, cod_vnd=0), "nhan", size))
    assert "ĐÃ THANH TOÁN" in said
    assert "không thu tiền" in said
    assert "THU HỘ" not in said


@every_paper
def test_the_money_is_the_largest_on_the_page(size: str) -> None:
    [items] = label_pages(PAPER, PAGE_SIZES[size])
    by_size = sorted((item.points, item.text) for item in items if isinstance(item, Text))
    assert by_size[-1][1] == "1.125.000 ₫"
    assert by_size[-1][0] >= 24
    assert by_size[-1][0] > 1.5 * by_size[-2][0]


def test_the_slip_inside_hides_the_phone() -> None:
    [said] = texts_of(drawn(PAPER, "phieu", "a6"))
    assert "0912345678" not in said
    assert "5678" in said


@every_paper
@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_leaves_the_page_however_much_there_is(kind: str, size: str) -> None:
    crowded = replace(
        PAPER,
        sender="Hợp tác xã Nông nghiệp Dịch vụ Tổng hợp " * 4,
        sender_place="Thôn Khuổi Nằn, Xã Côn Minh, Tỉnh Thái Nguyên " * 4,
        recipient="Nguyễn " * 17,
        street="x" * 200,
        note="Giao giờ hành chính, gọi trước " * 16,
        tracking_no="V" * 60,
        cod_vnd=9_999_999_999,
        goods=tuple(Goods("Mật ong bạc hà " * 10, 999, f"LO-{n}", lot_qr(n)) for n in range(50)),
    )
    page_of = PAGE_SIZES[size]
    pages = (label_pages if kind == "nhan" else slip_pages)(crowded, page_of)
    assert len(pages) == 1 or kind == "phieu"
    for items in pages:
        for item in items:
            assert 0 <= item.x <= page_of.width
            assert 0 < item.y <= page_of.height or not isinstance(item, Text)
            if isinstance(item, Text):
                width = pdfmetrics.stringWidth(item.text, item.font, item.points) / mm
                left = item.x - (width / 2 if item.is_centred else 0)
                assert left >= 2
                assert left + width <= page_of.width - 2
                assert item.points >= 4
    if kind == "phieu":
        said = " ".join(item.text for items in pages for item in items if isinstance(item, Text))
        assert all(f"LO-{n}" in said for n in range(50))
        assert "trang 2" in said


def test_a_note_that_fits_on_no_label_says_that_it_goes_on() -> None:
    endless = replace(PAPER, note="Giao giờ hành chính " * 400)
    [items] = label_pages(endless, PAGE_SIZES["a6"])
    said = " ".join(item.text for item in items if isinstance(item, Text))
    assert NOTE_GOES_ON in said
    one_word = replace(PAPER, note="x" * 9000)
    assert len(label_pages(one_word, PAGE_SIZES["a6"])) == 1


def test_signs_the_font_lacks_do_not_stop_the_printing() -> None:
    odd = replace(PAPER, recipient="Mai 🍯 玫瑰", note="👍")
    [said] = texts_of(drawn(odd, "nhan", "a6"))
    assert "Mai ? ??" in said


def test_fonts_are_embedded_and_the_bytes_repeat() -> None:
    first, second = drawn(PAPER, "nhan", "a6"), drawn(PAPER, "nhan", "a6")
    assert first == second
    fonts = {
        str(one["/BaseFont"])
        for page in PdfReader(io.BytesIO(first)).pages
        for one in (ref.get_object() for ref in page["/Resources"]["/Font"].values())
        if "/FontDescriptor" in one and "/FontFile2" in one["/FontDescriptor"]
    }
    assert any("BeVietnam" in name for name in fonts)


# Through the desk


@pytest.fixture
def seller(database: Database) -> int:
    with database.transaction() as db:
        person = make_person(db, email="seller@shipping.test")
        return make_producer(db, owner_id=person.id, name="HTX Của Tôi").id


@pytest.fixture
def own(seller: int, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("seller@shipping.test")


def place(database: Database, producer_id: int, **over: object) -> Order:
    with database.transaction() as db:
        producer = db.get_one(Producer, producer_id)
        values = {"confirmed": True, "now": NOW, "producer": producer} | over
        return make_order(db, **values)  # type: ignore[arg-type]


def test_a_partial_shipment_has_a_page_and_a_share_for_each_parcel(
    database: Database, seller: int, own: FlaskClient
) -> None:
    order = place(database, seller, quantity=3)
    with database.transaction() as db:
        pack_order(db, order_id=order.id, actor_id=None, now=NOW)
    with database.transaction() as db:
        # two units in the first parcel, one in a second
        [line] = db.scalars(select(ShipmentLine)).all()
        line.quantity = 2
        second = Shipment(order_id=order.id, state="packed", packed_at=NOW)
        db.add(second)
        db.flush()
        db.add(
            ShipmentLine(
                shipment_id=second.id,
                order_line_id=line.order_line_id,
                lot_id=line.lot_id,
                quantity=1,
            )
        )
    answer = own.get(f"/ban-hang/in?don={order.code}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    first, last = texts_of(answer.data)
    assert "Kiện 1/2" in first
    assert "150.000 ₫" in first
    assert "Kiện 2/2" in last
    assert "75.000 ₫" in last  # 3 × 65,000 + 30,000 in all


def test_all_to_pack_print_in_one_file_with_proposed_lots(
    database: Database, seller: int, own: FlaskClient, tmp_path: Path
) -> None:
    with database.transaction() as db:
        variant = variant_of(db, make_product(db, producer=db.get_one(Producer, seller)))
        make_stock(db, variant.id, 9)
    codes = [place(database, seller, variant=variant).code for _ in range(3)]
    place(database, seller, confirmed=False)
    answer = own.get("/ban-hang/in?giay=phieu&kho=a5&muc=to_pack")
    pages = texts_of(answer.data)
    assert len(pages) == 3
    assert [next(code for code in codes if code in page) for page in pages] == codes
    assert all("dự kiến" in page for page in pages)
    read = {
        code.text
        for page in pictures(answer.data, tmp_path)
        for code in zxingcpp.read_barcodes(page)
    }
    assert {f"HTTP://LOCALHOST/D/{code}" for code in codes} <= read


def test_paid_orders_collect_nothing(database: Database, seller: int, own: FlaskClient) -> None:
    with database.transaction() as db:
        producer = db.get_one(Producer, seller)
        order, attempt = make_attempt(db, producer=producer, now=NOW)
        apply_txn(db, make_txn(attempt), now=NOW)
    [said] = texts_of(own.get(f"/ban-hang/in?don={order.code}").data)
    assert "ĐÃ THANH TOÁN" in said


def test_nobody_prints_what_is_not_theirs(
    database: Database, seller: int, own: FlaskClient
) -> None:
    with database.transaction() as db:
        other = make_producer(db, name="HTX Khác").id
    foreign, unconfirmed = place(database, other), place(database, seller, confirmed=False)
    for address in (
        f"/ban-hang/in?don={foreign.code}",
        f"/ban-hang/in?don={unconfirmed.code}",
        "/ban-hang/in",
        "/ban-hang/in?muc=to_pack",
        "/ban-hang/in?don=%00&don=" + "A" * 3000,
        f"/ban-hang/in?don={foreign.code}&giay=../../x",
        f"/ban-hang/in?don={foreign.code}&kho=a0",
    ):
        assert own.get(address).status_code == 404, address
    many = "&".join(["don=7KQ2M9XW4T"] * 101)
    assert own.get(f"/ban-hang/in?{many}").status_code == 422
    mine = place(database, seller)
    [said] = texts_of(own.get(f"/ban-hang/in?don={foreign.code}&don={mine.code}").data)
    assert mine.code in said
    assert foreign.code not in said


def test_strangers_print_nothing(database: Database, client: FlaskClient) -> None:
    assert client.get("/ban-hang/in?muc=to_pack").status_code == 303


def test_the_qr_leads_its_producer_to_the_desk_and_others_to_the_lookup(
    database: Database, seller: int, own: FlaskClient, app: object
) -> None:
    order = place(database, seller)
    own = own.get(f"/D/{order.code}")
    assert own.status_code == 303
    assert own.location.endswith(f"/ban-hang/don-hang/{order.code}")
    stranger = app.test_client()  # type: ignore[attr-defined]
    found = stranger.get(f"/d/{order.code.lower()}")
    assert found.location.endswith(f"/tra-cuu-don?ma={order.code}")
    page = stranger.get(found.location).get_data(as_text=True)
    assert order.code in page
    assert "Lò Thị Mai" not in page
    # an order that does not exist is answered alike
    assert stranger.get("/d/7KQ2M9XW4T").status_code == 303
    assert stranger.get("/d/%00").status_code == 303


def test_the_desk_offers_to_print(database: Database, seller: int, own: FlaskClient) -> None:
    order = place(database, seller)
    page = own.get("/ban-hang/don-hang?muc=to_pack").get_data(as_text=True)
    assert re.search(rf'name="don" value="{order.code}" form="chon-don"', page)
    assert 'id="chon-don"' in page
    one = own.get(f"/ban-hang/don-hang/{order.code}").get_data(as_text=True)
    assert f"don={order.code}" in one


def test_reading_many_parcels_costs_the_same_as_one(database: Database, seller: int) -> None:
    orders = [place(database, seller) for _ in range(12)]
    with database.transaction() as db:
        for order in orders:
            pack_order(db, order_id=order.id, actor_id=None, now=NOW)

    def statements(codes: list[str]) -> int:
        counted: list[str] = []
        with database.read() as db:
            bind = db.get_bind()
            event.listen(bind, "before_cursor_execute", lambda *args: counted.append(args[2]))
            found = sendings(db, printable_orders(db, [seller], codes))
            assert len(found) == len(codes)
        return len(counted)

    assert statements([orders[0].code]) == statements([order.code for order in orders])
