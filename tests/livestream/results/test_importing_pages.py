"""A platform's file over HTTP: preview, columns, recording once, and what is no table."""

import html
import io
import re

from flask.testing import FlaskClient
from sqlalchemy import func, select

from livestream.clubs.models import Club
from livestream.results.models import ResultImport, ResultLine
from livestream.results.rules.columns import FIELDS
from livestream.sessions.models import LiveSession, ResourceHold
from shop.core.db import Database
from tests.conftest import post
from tests.factories.livestream import make_channel
from tests.livestream.results.test_pages import SignIn, over

__all__ = ["over"]

TABLE = "Sản phẩm;Số lượng bán;Doanh thu\nA1;4;240.000\nKhông rõ;2;80.000\n"


def sent(content: bytes | str, name: str = "tiktok.csv") -> dict[str, object]:
    raw = content.encode() if isinstance(content, str) else content
    return {"sheet": (io.BytesIO(raw), name)}


def lines(database: Database) -> list[tuple[int, int]]:
    with database.read() as db:
        rows = db.execute(select(ResultLine.units, ResultLine.gross_vnd).order_by(ResultLine.id))
        return [(units, gross) for units, gross in rows]


def digest_in(page: str) -> str:
    return html.unescape(re.search(r'name="digest" value="([^"]*)"', page)[1])  # type: ignore[index]


def test_a_file_is_seen_first_and_counts_once(
    over: tuple[str, int], signed_in: SignIn, client: FlaskClient, database: Database
) -> None:
    base = f"/clb/phien/{over[0]}/ket-qua"
    signed_in("manager@test.vn")
    taken = post(client, f"{base}/tep", sent(TABLE))
    assert taken.status_code == 303
    preview = taken.headers["Location"]
    page = client.get(preview).get_data(as_text=True)
    assert f'data-match="{over[1]}"' in page, "A1 is known by its code"
    assert lines(database) == [], "a preview records nothing"
    assert post(client, f"{base}/tep", sent(TABLE)).headers["Location"] == preview
    assert post(client, preview, {"digest": "other"}).status_code == 409
    for choice in ({"row_2": "x"}, {"row_2": "٤"}, {"row_1234567890": "1"}):
        answer = post(client, preview, {"digest": digest_in(page)} | choice)
        assert answer.status_code == 422, choice
    foreign = post(client, preview, {"digest": digest_in(page), "row_3": "999999"})
    assert foreign.status_code == 303
    shown = client.get(base).get_data(as_text=True)
    assert "1 dòng của tệp không được tính" in shown, "a row that means nothing here is told of"
    digest = {"digest": digest_in(page)}
    post(client, preview, digest)
    post(client, preview, digest)
    assert lines(database) == [(4, 240_000)], "the row nobody matched is left out"
    post(client, "/dang-xuat")
    signed_in("stranger@test.vn")
    assert client.get(preview).status_code in {403, 404}
    assert post(client, f"{base}/tep", sent(TABLE)).status_code in {403, 404}


def test_columns_are_corrected_by_hand(
    over: tuple[str, int], signed_in: SignIn, client: FlaskClient, database: Database
) -> None:
    base = f"/clb/phien/{over[0]}/ket-qua"
    signed_in("manager@test.vn")
    preview = post(client, f"{base}/tep", sent("x;y;z\nA1;3;180.000\n")).headers["Location"]
    assert 'name="digest"' not in client.get(preview).get_data(as_text=True), "no column is known"
    assert post(client, f"{preview}/cot", {}).status_code == 422
    chosen = dict.fromkeys(("header", *FIELDS), "-1")
    chosen |= {"header": "0", "product": "0", "units": "1", "gross": "2"}
    assert post(client, f"{preview}/cot", chosen | {"units": "0"}).status_code == 422
    assert post(client, f"{preview}/cot", chosen).status_code == 303
    page = client.get(preview).get_data(as_text=True)
    post(client, preview, {"digest": digest_in(page)})
    assert lines(database) == [(3, 180_000)]


def test_what_is_no_table_is_refused(
    over: tuple[str, int], signed_in: SignIn, client: FlaskClient, database: Database
) -> None:
    base = f"/clb/phien/{over[0]}/ket-qua"
    signed_in("manager@test.vn")
    for content, name in (
        (b"", "a.csv"),
        (b"\x00\x01\x02" * 50, "a.csv"),
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"x" * 6_000_000, "a.csv"),
        (TABLE.encode(), "a.exe"),
    ):
        answer = post(client, f"{base}/tep", sent(content, name))
        assert 400 <= answer.status_code < 500, name
    assert post(client, f"{base}/tep", {}).status_code == 422
    assert client.get(f"{base}/tep/{'Z' * 26}").status_code == 404
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(ResultImport)) == 0


def test_rows_of_two_channels_are_two_sales(
    over: tuple[str, int], signed_in: SignIn, client: FlaskClient, database: Database
) -> None:
    """Files of two channels may say the very same; each is asked for its channel."""
    with database.transaction() as db:
        live = db.scalars(select(LiveSession)).one()
        club = db.get_one(Club, live.club_id)
        ids = []
        for name in ("Kênh A", "Kênh B"):
            channel = make_channel(db, club, name=name)
            db.add(
                ResourceHold(
                    session_id=live.id,
                    resource_id=channel.id,
                    hold_start=int(live.starts_at.timestamp()),
                    hold_end=int(live.ends_at.timestamp()),
                    is_active=False,
                )
            )
            ids.append(channel.id)
    base = f"/clb/phien/{over[0]}/ket-qua"
    signed_in("manager@test.vn")
    for wrong in ({}, {"channel": "999999"}, {"channel": "x" * 300}):
        refused = post(client, f"{base}/tep", sent(TABLE) | wrong)
        assert refused.status_code == 422
        assert "Hãy chọn kênh" in refused.get_data(as_text=True)
    for channel_id, table in zip(ids, (TABLE, TABLE + "\n"), strict=True):
        taken = post(client, f"{base}/tep", sent(table) | {"channel": str(channel_id)})
        preview = taken.headers["Location"]
        post(client, preview, {"digest": digest_in(client.get(preview).get_data(as_text=True))})
    assert lines(database) == [(4, 240_000), (4, 240_000)]
