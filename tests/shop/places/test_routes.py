"""The public pick list and search: content, caching, refusal."""

import pytest
from flask.testing import FlaskClient


def test_options_of_a_province(client: FlaskClient) -> None:
    answer = client.get("/dia-phuong/xa?tinh=19")
    assert answer.status_code == 200
    body = answer.get_data(as_text=True)
    assert body.lstrip().startswith('<option value="">')
    assert '<option value="02185">Xã Côn Minh</option>' in body
    assert body.count("<option") == 1 + 92
    assert client.get("/dia-phuong/xa?province_code=19").get_data(as_text=True) == body


def test_options_without_a_province_are_empty(client: FlaskClient) -> None:
    assert client.get("/dia-phuong/xa").get_data(as_text=True).count("<option") == 1


@pytest.mark.parametrize("code", ["99", "1", "abc", "%00%00", "9" * 3000])
def test_an_unknown_province_is_refused(client: FlaskClient, code: str) -> None:
    answer = client.get(f"/dia-phuong/xa?tinh={code}")
    assert answer.status_code == 422
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/dia-phuong/xa?tinh=19",
        "/dia-phuong/tim?q=na+ri&dang=manh",
        "/dia-phuong/tim?q=na+ri&dang=json",
    ],
)
def test_answers_may_be_kept_by_caches(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"].startswith("public, max-age=86400")
    assert "Set-Cookie" not in answer.headers
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_the_page_with_a_header_is_not_kept_for_others(client: FlaskClient) -> None:
    client.set_cookie("anything", "1")
    answer = client.get("/dia-phuong/tim?q=na+ri")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_candidates_as_json(client: FlaskClient) -> None:
    answer = client.get(
        "/dia-phuong/tim",
        query_string={"q": "xã Côn Minh, huyện Na Rì, tỉnh Bắc Kạn", "dang": "json"},
    )
    assert answer.json is not None
    assert answer.json["candidates"] == [
        {
            "province_code": "19",
            "province_name": "Tỉnh Thái Nguyên",
            "commune_code": "02185",
            "commune_name": "Xã Côn Minh",
            "label": "Xã Côn Minh, Tỉnh Thái Nguyên",
            "reason": "old_commune",
            "reason_text": "Trước 01/07/2025 là Xã Côn Minh, Huyện Na Rì, Tỉnh Bắc Kạn",
        }
    ]


def test_candidates_as_a_page_and_as_a_part_of_one(client: FlaskClient) -> None:
    page = client.get("/dia-phuong/tim?q=Na+Rì").get_data(as_text=True)
    part = client.get("/dia-phuong/tim?q=Na+Rì&dang=manh").get_data(as_text=True)
    assert "<html" in page
    assert "<html" not in part
    for body in (page, part):
        assert 'data-province="19" data-commune="02155"' in body
        assert "Xã Na Rì, Tỉnh Thái Nguyên" in body


def test_typed_text_is_shown_as_text(client: FlaskClient) -> None:
    body = client.get("/dia-phuong/tim?q=<script>alert(1)</script>").get_data(as_text=True)
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body
    assert "Chưa tìm thấy" in body


def test_an_empty_search_shows_the_form_only(client: FlaskClient) -> None:
    body = client.get("/dia-phuong/tim").get_data(as_text=True)
    assert 'name="q"' in body
    assert "Chưa tìm thấy" not in body


@pytest.mark.parametrize("text", ["%00", "a" * 3000, "%F0%9F%8D%9C", "%ff%fe"])
def test_hostile_text_is_answered(client: FlaskClient, text: str) -> None:
    assert client.get(f"/dia-phuong/tim?q={text}").status_code == 200
