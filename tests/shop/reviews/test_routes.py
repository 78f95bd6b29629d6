"""Pages of reviews, questions and reports: what each person sees and does, and what nobody else."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, select, text

from shop.catalogue.models import Product
from shop.core.db import Database
from shop.orders.models import Order, OrderLine
from shop.reviews import services
from shop.reviews.models import Question, Review, ReviewWords, ViolationReport
from shop.web.access import sign
from tests.conftest import csrf, post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product
from tests.factories.orders import make_order
from tests.factories.reviews import make_delivered, make_question, make_report, make_review

NOW = datetime.now(UTC)
KEY = "route-test-key-000001"


@pytest.fixture
def product(database: Database) -> Product:
    with database.transaction() as db:
        maker = make_producer(db, name="HTX Của Tôi")
        make_member(db, "producer", maker.id, email="owner@reviews.test")
        make_member(db, "producer", make_producer(db).id, email="stranger@reviews.test")
        make_staff(db, "19", email="staff@reviews.test")
        make_staff(db, "22", email="elsewhere@reviews.test")
        return make_product(db, producer=maker, name="Miến dong", is_lot_tracked=False, now=NOW)


def delivered(database: Database, product: Product, **over: Any) -> tuple[Order, OrderLine]:
    with database.transaction() as db:
        return make_delivered(db, product=product, now=NOW, **over)


def reviewed(database: Database, product: Product, **over: Any) -> Review:
    with database.transaction() as db:
        return make_review(db, product=product, now=NOW, **over)


def link(app: Flask, order: Order, tail: str = "") -> str:
    with app.app_context():
        return f"/don-hang/{order.code}{tail}?k={sign('order', order.code)}"


def picture(color: str = "green") -> io.BytesIO:
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "o nha toi"
    content = io.BytesIO()
    Image.new("RGB", (640, 480), color).save(content, "JPEG", exif=exif)
    content.seek(0)
    return content


def send(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Post the review form with its pictures."""
    data = {"csrf_token": csrf(client), "submit_key": KEY, "rating": "5", "text": "Ngon"} | fields
    return client.post(
        path,
        data=data,
        headers={"Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data",
    )


def media(client: FlaskClient, path: str) -> int:
    """The status of a picture's address."""
    with client.get(path) as answer:
        return answer.status_code


def only(database: Database, model: type[Any]) -> Any:
    with database.read() as db:
        return db.scalars(select(model)).one()


def test_a_guest_reviews_by_the_orders_link(
    app: Flask, client: FlaskClient, database: Database, product: Product
) -> None:
    order, line = delivered(database, product)
    page = client.get(link(app, order)).text
    assert "Hàng có đúng ý bạn không?" in page
    form = link(app, order, f"/danh-gia/{line.id}")
    assert form.replace("&", "&amp;") in page
    assert 'enctype="multipart/form-data"' in client.get(form).text
    answer = send(
        client,
        form,
        rating="4",
        text="Sợi dai lắm",
        has_right_to_use="y",
        photos=[(picture(), "a.jpg"), (picture("red"), "b.jpg")],
    )
    assert answer.status_code == 303, answer.text
    with database.read() as db:
        review = db.scalars(select(Review)).one()
        words = db.get_one(ReviewWords, review.id)
    assert (review.rating, words.author_name, len(words.photos)) == (4, "Lò T. M.", 2)
    with client.get(f"/media/{words.photos[0]['sha']}-1200.jpg") as shown:
        assert shown.status_code == 200
        assert not Image.open(io.BytesIO(shown.data)).getexif(), "what the camera wrote is gone"
    public = client.get(f"/san-pham/{product.slug}").text
    assert "Sợi dai lắm" in public
    assert "Lò T. M." in public
    assert "Lò Thị Mai" not in public
    assert "Đã mua hàng" in public
    data = json.loads(
        re.findall(r'<script type="application/ld\+json">(.*?)</script>', public, re.DOTALL)[0]
    )
    rating = data["aggregateRating"]
    assert (rating["ratingValue"], rating["reviewCount"]) == ("4.0", 1)
    assert data["review"][0]["reviewBody"] == "Sợi dai lắm"
    assert data["review"][0]["author"]["name"] == "Lò T. M."


def test_editing_and_withdrawing_by_the_link(
    app: Flask, client: FlaskClient, database: Database, product: Product
) -> None:
    order, line = delivered(database, product)
    form = link(app, order, f"/danh-gia/{line.id}")
    send(client, form, photos=[(picture(), "a.jpg")], has_right_to_use="y")
    sha = only(database, ReviewWords).photos[0]["sha"]
    again = client.get(form).text
    assert f'name="keep" value="{sha}" checked' in again
    answer = send(client, form, rating="3", text="Sửa lại", keep=sha)
    assert answer.status_code == 303
    words = only(database, ReviewWords)
    assert (words.text, [photo["sha"] for photo in words.photos]) == ("Sửa lại", [sha])
    assert media(client, f"/media/{sha}-640.webp") == 200
    send(client, form, rating="3", text="Bỏ ảnh", keep="f" * 64)
    assert only(database, ReviewWords).photos == [], "a picture of nobody's is not kept"
    assert media(client, f"/media/{sha}-640.webp") == 404, "nor is its file"
    send(client, form, photos=[(picture(), "a.jpg")], has_right_to_use="y")
    assert only(database, ReviewWords).photos[0]["sha"] == sha
    assert post(client, link(app, order, f"/danh-gia/{line.id}/go")).status_code == 303
    assert media(client, f"/media/{sha}-1200.jpg") == 404
    assert only(database, Review).state == "withdrawn"
    assert "Bạn đã gỡ đánh giá này" in client.get(form).text
    assert send(client, form, text="Lại nữa").status_code == 409


def test_the_signed_in_buyer_needs_no_link(
    client: FlaskClient,
    database: Database,
    product: Product,
    signed_in: Callable[..., FlaskClient],
) -> None:
    with database.transaction() as db:
        me = make_person(db, email="me@reviews.test", name="Nguyễn Văn An")
        make_person(db, email="other@reviews.test")
    order, line = delivered(database, product, buyer_id=me.id)
    path = f"/don-hang/{order.code}/danh-gia/{line.id}"
    assert client.get(path).status_code == 404
    signed_in("me@reviews.test")
    todo = client.get("/tai-khoan").text
    assert "Hàng đã nhận, mời đánh giá" in todo
    assert path in client.get("/tai-khoan/danh-gia").text
    answer = send(client, path, text="Tốt")
    assert answer.headers["Location"] == "/tai-khoan/danh-gia"
    assert "Tốt" in client.get("/tai-khoan/danh-gia").text
    post(client, "/dang-xuat")
    signed_in("other@reviews.test")
    assert client.get(path).status_code == 404
    assert send(client, path, text="Của ai?").status_code == 404
    assert post(client, f"{path}/go").status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"rating": ""}, 422),
        ({"rating": "6"}, 422),
        ({"rating": "99999999999"}, 422),
        ({"rating": "5\x00"}, 422),
        ({"text": "x" * 2001}, 422),
        ({"text": "gọi 0912 345 678"}, 422),
        ({"text": "xem http://a.vn"}, 422),
        ({"submit_key": ""}, 422),
        ({"submit_key": "x" * 500}, 422),
        ({"photos": b"no picture", "has_right_to_use": "y"}, 422),
        ({"photos": b"", "has_right_to_use": "y"}, 422),
    ],
)
def test_bad_reviews_change_nothing_and_keep_what_was_typed(
    app: Flask,
    client: FlaskClient,
    database: Database,
    product: Product,
    fields: dict[str, Any],
    status: int,
) -> None:
    order, line = delivered(database, product)
    if "photos" in fields:
        fields = fields | {"photos": [(io.BytesIO(fields["photos"]), "a.jpg")]}
    answer = send(client, link(app, order, f"/danh-gia/{line.id}"), **{"text": "Ngon"} | fields)
    assert answer.status_code == status
    assert str(fields.get("text", "Ngon"))[:30] in answer.text
    with database.read() as db:
        assert db.scalars(select(Review)).all() == []


def test_pictures_need_the_right_and_are_three_at_most(
    app: Flask, client: FlaskClient, database: Database, product: Product
) -> None:
    order, line = delivered(database, product)
    form = link(app, order, f"/danh-gia/{line.id}")
    assert "quyền dùng" in send(client, form, photos=[(picture(), "a.jpg")]).text
    four = [(picture(), f"{number}.jpg") for number in range(4)]
    answer = send(client, form, photos=four, has_right_to_use="y")
    assert answer.status_code == 422
    assert "tối đa 3 ảnh" in answer.text


def test_nothing_before_delivery(
    app: Flask, client: FlaskClient, database: Database, product: Product
) -> None:
    with database.transaction() as db:
        order = make_order(db, confirmed=True, now=NOW)
        line_id = db.scalars(select(OrderLine.id)).one()
    assert "Hàng có đúng ý bạn không?" not in client.get(link(app, order)).text
    form = link(app, order, f"/danh-gia/{line_id}")
    assert "khi đơn đã giao tới nơi" in client.get(form).text
    assert send(client, form).status_code == 409
    for tail in (f"/danh-gia/{line_id + 1}", "/danh-gia/2147483648", "/danh-gia/99999999999999"):
        assert client.get(link(app, order, tail)).status_code == 404


def test_all_reviews_filtered_and_voted(
    client: FlaskClient,
    database: Database,
    product: Product,
    signed_in: Callable[..., FlaskClient],
) -> None:
    first = reviewed(database, product, rating=5, text="Năm sao đây")
    reviewed(database, product, rating=2, text="Hai sao thôi")
    page = f"/san-pham/{product.slug}/danh-gia"
    both = client.get(page).text
    assert "Năm sao đây" in both
    assert "Hai sao thôi" in both
    assert ">3,5<" in both
    assert ">3.5<" in client.get(f"/en{page}").text
    two = client.get(f"{page}?sao=2").text
    assert "Năm sao đây" not in two
    assert "Không có đánh giá nào như vậy" in client.get(f"{page}?co_anh=1").text
    assert "Hai sao thôi" not in client.get(f"{page}?so={first.id}").text
    vote = f"/danh-gia/{first.id}/huu-ich"
    assert post(client, vote).status_code == 403
    signed_in("stranger@reviews.test")
    for _ in range(2):
        assert post(client, vote).status_code == 303
    assert only_helpful(database, first.id) == 1
    assert 'aria-pressed="true"' in client.get(page).text
    back = post(client, vote, {"bo": "1", "tiep": f"{page}?sao=5&trang=1"})
    assert back.headers["Location"] == f"{page}?sao=5&trang=1#danh-gia-{first.id}"
    assert only_helpful(database, first.id) == 0
    away = post(client, vote, {"bo": "1", "tiep": "https://x.vn/"}).headers["Location"]
    assert away.startswith("/san-pham/")
    assert post(client, "/danh-gia/2147483648/huu-ich").status_code == 404
    assert post(client, "/danh-gia/999/huu-ich").status_code == 404


def only_helpful(database: Database, review_id: int) -> int:
    with database.read() as db:
        return db.get_one(Review, review_id).helpful_count


HOSTILE = [
    "so=99999999999999999999",
    "so=%00",
    "so=-1",
    "sao=99",
    "sao=%00",
    "sap_xep=x",
    "co_anh[]=1",
    "trang=2147483648",
    "trang=x&so=1&sao=5&sap_xep=moi",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_addresses(
    client: FlaskClient, database: Database, product: Product, query: str
) -> None:
    reviewed(database, product)
    for tail in ("danh-gia", "hoi-dap"):
        assert client.get(f"/san-pham/{product.slug}/{tail}?{query}").status_code == 200
    for slug in ("%00", "x" * 500, "khong-co", "Mi%E1%BA%BFn"):
        assert client.get(f"/san-pham/{slug}/danh-gia?{query}").status_code == 404


def test_asking_and_answering(
    client: FlaskClient,
    database: Database,
    product: Product,
    signed_in: Callable[..., FlaskClient],
) -> None:
    page = f"/san-pham/{product.slug}/hoi-dap"
    assert "Đăng nhập để hỏi" in client.get(page).text
    assert post(client, page, {"text": "Nấu bao lâu thì chín?"}).status_code == 403
    with database.transaction() as db:
        make_person(db, email="asker@reviews.test", name="Trần Thị Bé")
    signed_in("asker@reviews.test")
    fields = {"text": "Nấu bao lâu thì chín?", "submit_key": KEY}
    for _ in range(2):
        assert post(client, page, fields).status_code == 303
    question = only(database, Question)
    again = post(client, page, fields | {"submit_key": "another-key-00000001"})
    assert again.status_code == 409
    assert "Nấu bao lâu thì chín?" in again.text
    for bad in ("ngắn", "xem ở www.x.com đi nhé", "x" * 501, ""):
        assert post(client, page, fields | {"text": bad}).status_code == 422
    assert "Đang chờ cơ sở trả lời" in client.get("/tai-khoan/hoi-dap").text
    post(client, "/dang-xuat")
    answer_to = f"/ban-hang/hoi-dap/{question.id}/tra-loi"
    signed_in("stranger@reviews.test")
    assert post(client, answer_to, {"text": "Tôi trả lời thay"}).status_code == 404
    assert "Nấu bao lâu" not in client.get(f"/ban-hang/hoi-dap?so={question.id}").text
    post(client, "/dang-xuat")
    signed_in("owner@reviews.test")
    assert "Câu hỏi chờ trả lời" in client.get("/ban-hang").text
    assert "Nấu bao lâu" in client.get(f"/ban-hang/hoi-dap?so={question.id}").text
    assert post(client, answer_to, {"text": "http://x.vn"}).status_code == 422
    assert post(client, answer_to, {"text": "Năm phút là chín."}).status_code == 303
    public = client.get(f"/san-pham/{product.slug}").text
    assert "Năm phút là chín." in public
    assert "HTX Của Tôi" in public


def test_the_producer_replies_to_a_review(
    client: FlaskClient,
    database: Database,
    product: Product,
    signed_in: Callable[..., FlaskClient],
) -> None:
    review = reviewed(database, product, rating=2)
    signed_in("owner@reviews.test")
    desk = client.get("/ban-hang/danh-gia").text
    assert f"/ban-hang/danh-gia/{review.id}/tra-loi" in desk
    assert post(client, f"/ban-hang/danh-gia/{review.id}/tra-loi", {"text": ""}).status_code == 422
    assert (
        post(
            client, f"/ban-hang/danh-gia/{review.id}/tra-loi", {"text": "Xin lỗi bạn."}
        ).status_code
        == 303
    )
    assert "Xin lỗi bạn." in client.get(f"/san-pham/{product.slug}/danh-gia").text
    assert (
        post(client, "/ban-hang/danh-gia/2147483648/tra-loi", {"text": "Xin chào"}).status_code
        == 404
    )


def test_staff_hide_and_show(
    client: FlaskClient,
    database: Database,
    product: Product,
    signed_in: Callable[..., FlaskClient],
) -> None:
    review = reviewed(database, product, text="Chê thậm tệ")
    page, judge = f"/san-pham/{product.slug}/danh-gia", f"/can-bo/danh-gia/{review.id}"
    signed_in("elsewhere@reviews.test")
    assert "Chê thậm tệ" not in client.get(f"/can-bo/danh-gia?so={review.id}").text
    assert post(client, judge, {"decision": "hide", "reason": "rude"}).status_code == 404
    post(client, "/dang-xuat")
    signed_in("staff@reviews.test")
    assert "Chê thậm tệ" in client.get("/can-bo/danh-gia?trang_thai=shown").text
    assert post(client, judge, {"decision": "hide"}).status_code == 422
    assert post(client, judge, {"decision": "x", "reason": "rude"}).status_code == 422
    assert post(client, judge, {"decision": "hide", "reason": "rude"}).status_code == 303
    assert "Chê thậm tệ" not in client.get(page).text
    assert post(client, judge, {"decision": "show"}).status_code == 303
    assert "Chê thậm tệ" in client.get(page).text


def test_a_guest_reports_and_follows_the_case(
    client: FlaskClient,
    database: Database,
    product: Product,
    signed_in: Callable[..., FlaskClient],
) -> None:
    path = f"/bao-vi-pham/san-pham/{product.id}"
    assert path in client.get(f"/san-pham/{product.slug}").text
    fields = {"reason": "fake", "note": "Nhãn ghi nơi khác", "submit_key": KEY}
    for bad in ({"reason": ""}, {"reason": "x"}, {"note": "x" * 2001}, {"submit_key": "?"}):
        assert post(client, path, fields | bad).status_code == 422
    assert post(client, path, {"reason": "other", "submit_key": KEY}).status_code == 422
    filed = post(client, path, fields | {"contact": "Khach@Vidu.test"})
    assert filed.status_code == 303
    assert post(client, path, fields).headers["Location"] == filed.headers["Location"]
    second = post(client, path, fields | {"submit_key": "another-key-00000001"})
    assert second.status_code == 409
    assert "Đang xem xét" in client.get(filed.headers["Location"]).text
    case = only(database, ViolationReport)
    assert client.get(f"/bao-vi-pham/theo-doi/{case.code}").status_code == 404
    assert client.get(f"/bao-vi-pham/theo-doi/{case.code}?k=x").status_code == 404
    signed_in("elsewhere@reviews.test")
    assert client.get(f"/bao-vi-pham/theo-doi/{case.code}").status_code == 404
    assert client.get(f"/can-bo/bao-cao-vi-pham/{case.id}").status_code == 404
    decide = {"decision": "upheld", "note": "Đã yêu cầu sửa nhãn."}
    assert post(client, f"/can-bo/bao-cao-vi-pham/{case.id}", decide).status_code == 404
    post(client, "/dang-xuat")
    signed_in("staff@reviews.test")
    assert "Báo vi phạm đang mở" in client.get("/can-bo").text
    queue = client.get("/can-bo/bao-cao-vi-pham").text
    assert "Nhãn ghi nơi khác" in queue
    assert "khach@vidu.test" in client.get(f"/can-bo/bao-cao-vi-pham/{case.id}").text
    missing = post(client, f"/can-bo/bao-cao-vi-pham/{case.id}", {"decision": "upheld"})
    assert missing.status_code == 422
    assert post(client, f"/can-bo/bao-cao-vi-pham/{case.id}", decide).status_code == 303
    assert post(client, f"/can-bo/bao-cao-vi-pham/{case.id}", decide).status_code == 409
    post(client, "/dang-xuat")
    assert "Đã yêu cầu sửa nhãn." in client.get(filed.headers["Location"]).text


@pytest.mark.parametrize(
    "tail",
    ["x/1", "san-pham/0", "san-pham/999", "san-pham/2147483647", "danh-gia/1", "cau-hoi/1"],
)
def test_nothing_to_report_there(client: FlaskClient, product: Product, tail: str) -> None:
    fields = {"reason": "fake", "submit_key": KEY}
    assert client.get(f"/bao-vi-pham/{tail}").status_code == 404
    assert post(client, f"/bao-vi-pham/{tail}", fields).status_code == 404


@pytest.mark.parametrize("code", ["%00", "x", "A" * 12, "A" * 4000])
def test_unknown_cases(client: FlaskClient, code: str) -> None:
    assert client.get(f"/bao-vi-pham/theo-doi/{code}?k=x").status_code == 404


def test_hidden_things_cannot_be_reported(
    client: FlaskClient, database: Database, product: Product
) -> None:
    review = reviewed(database, product)
    path = f"/bao-vi-pham/danh-gia/{review.id}"
    assert client.get(path).status_code == 200
    with database.transaction() as db:
        services.hide(
            db,
            kind="review",
            row_id=review.id,
            actor_id=make_staff(db, "19").id,
            reason="spam",
            note="",
            now=NOW,
        )
    assert client.get(path).status_code == 404


def test_what_is_written_is_escaped(
    client: FlaskClient, database: Database, product: Product
) -> None:
    reviewed(database, product, text="</script><script>alert(1)</script>")
    with database.transaction() as db:
        make_question(db, product=product, text="<img src=x onerror=alert(1)> ăn được không?")
    for path in ("", "/danh-gia", "/hoi-dap"):
        page = client.get(f"/san-pham/{product.slug}{path}").text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("many", [1, 20])
def test_statements_do_not_grow(
    app: Flask,
    client: FlaskClient,
    database: Database,
    product: Product,
    signed_in: Callable[..., FlaskClient],
    many: int,
) -> None:
    with database.transaction() as db:
        for _ in range(many):
            review = make_review(db, product=product, now=NOW)
            make_question(db, product=product)
            make_report(db, kind="review", subject_id=review.id, reason="spam")
    limits = {
        f"/san-pham/{product.slug}/danh-gia": 8,
        f"/san-pham/{product.slug}/hoi-dap": 7,
    }
    desks = {
        "owner@reviews.test": ("/ban-hang/danh-gia", "/ban-hang/hoi-dap"),
        "staff@reviews.test": (
            "/can-bo/danh-gia",
            "/can-bo/hoi-dap",
            "/can-bo/bao-cao-vi-pham",
        ),
    }
    sent: list[str] = []
    engine = app.extensions["house"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
    for path, most in limits.items():
        sent.clear()
        assert client.get(path).status_code == 200
        assert len(sent) <= most, sent
    for login, paths in desks.items():
        signed_in(login)
        for path in paths:
            sent.clear()
            assert client.get(path).status_code == 200
            assert len(sent) <= 9, sent
        post(client, "/dang-xuat")


def test_commands(app: Flask, database: Database, product: Product) -> None:
    with database.transaction() as db:
        make_review(db, product=product)
        db.execute(text("UPDATE product_facets SET rating_sum = 0"))
    runner = app.test_cli_runner()
    assert "1 products" in runner.invoke(args=["reviews", "recompute"]).output
    with database.read() as db:
        assert db.scalar(text("SELECT rating_sum FROM product_facets")) == 5
