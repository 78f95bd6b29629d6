"""The labelled set of comments: what each means; marks, case and NFD change nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.onair.rules.comments import (
    MAX_COMMENT,
    CommentTooLong,
    Wish,
    read_comment,
)
from livestream.onair.rules.wording import mask_phones, plain

CODES = ["A1", "A2", "B2", "C3"]
P = "0912345678"

ORDERS: list[tuple[str, list[tuple[str, int]], str]] = [
    ("A1", [("A1", 1)], ""),
    ("a1", [("A1", 1)], ""),
    ("2 hũ A1", [("A1", 2)], ""),
    ("A1 2 hũ", [("A1", 2)], ""),
    ("A1x2", [("A1", 2)], ""),
    ("A1 x 3", [("A1", 3)], ""),
    ("a1 sl 4", [("A1", 4)], ""),
    ("chốt 3 ký B2 0912 345 678", [("B2", 3)], P),
    ("chot 3 ky b2 0912345678", [("B2", 3)], P),
    ("B2 3kg 0912.345.678", [("B2", 3)], P),
    ("+84912345678 lấy A1", [("A1", 1)], P),
    ("A1 84 912 345 678", [("A1", 1)], P),
    ("cho em 2 A1", [("A1", 2)], ""),
    ("em lấy A1 và B2", [("A1", 1), ("B2", 1)], ""),
    ("2 A1 3 B2", [("A1", 2), ("B2", 3)], ""),
    ("A1 2, B2 3", [("A1", 2), ("B2", 3)], ""),
    ("A1: 2 B2: 1 C3: 5", [("A1", 2), ("B2", 1), ("C3", 5)], ""),
    ("hai hũ A1, ba gói B2", [("A1", 2), ("B2", 3)], ""),
    ("A1 A2 mỗi mã 2 hũ", [("A1", 2), ("A2", 2)], ""),
    ("mỗi loại 3 gói A1 B2", [("A1", 3), ("B2", 3)], ""),
    ("chốt 2 gói miến A1 nhé shop", [("A1", 2)], ""),
    ("A1 Huy 0912345678 2 hũ", [("A1", 2)], P),
    ("mã a 1 lấy 2 hũ", [("A1", 2)], ""),
    ("a.1 x2", [("A1", 2)], ""),
    ("A-1 2 hộp", [("A1", 2)], ""),
    ("Chốt đơn A1 2 hũ ạ. Ship về Thái Nguyên. 0912345678", [("A1", 2)], P),
    ("A1\n2 hũ\n0912345678", [("A1", 2)], P),
    ("A1 100k lấy 2 hũ", [("A1", 2)], ""),
    ("A1 1 hũ, A1 thêm 2 hũ", [("A1", 3)], ""),
    ("chị Lan 35 tuổi lấy A1 x2", [("A1", 2)], ""),
    ("A1 còn không? Lấy 2 hũ A1 nhé", [("A1", 2)], ""),
    ("không lấy A1 nữa, đổi sang B2 x2", [("B2", 2)], ""),
    ("lấy B2 không lấy A1", [("B2", 1)], ""),
    ("A1 2 hũ nhé không cần gấp", [("A1", 2)], ""),
    ("Cho mình 3A1", [("A1", 3)], ""),
    ("2a1 3b2", [("A1", 2), ("B2", 3)], ""),
    ("A1A2", [("A1", 1), ("A2", 1)], ""),
    ("A1+B2+C3 0912345678", [("A1", 1), ("B2", 1), ("C3", 1)], P),
    ("A1 (2 hũ)", [("A1", 2)], ""),
    ("A1 — 3", [("A1", 3)], ""),
    ("👉A1👈 2️⃣ hũ", [("A1", 2)], ""),
    ("Ａ１　２ hũ", [("A1", 2)], ""),
    ("sl: 2, mã: A1", [("A1", 2)], ""),
    ("trà A1 gói 100g x 3", [("A1", 3)], ""),
    ("84912345678 a1 2h", [("A1", 2)], P),
    ("+84 (0)912 345 678 A1", [("A1", 1)], P),
    ("O912345678 A1", [("A1", 1)], P),
    ("A1 2 hũ không lấy túi", [("A1", 2)], ""),
    ("A1 không đường 2 hũ", [("A1", 2)], ""),
    ("A1 2 hũ 240.000đ", [("A1", 2)], ""),
    ("A1 2 hũ giao thứ 7 ngày 15/7", [("A1", 2)], ""),
    ("A1 ở số 12 ngõ 5 Hoàng Mai 0912345678", [("A1", 1)], P),
    ("A1 nhận hàng trả tiền 0912345678", [("A1", 1)], P),
    ("A1 A1 A1", [("A1", 1)], ""),
    ("A1 còn ko em lấy 2", [("A1", 2)], ""),
    ("A1 giá 120k đúng ko em, lấy 2", [("A1", 2)], ""),
    ("free ship ko chốt A1", [("A1", 1)], ""),
    ("e ko lay a1 nua, lay b2 nhe", [("B2", 1)], ""),
    ("không lấy A1 lấy A2", [("A2", 1)], ""),
    ("đổi A1 thành B2 x2", [("B2", 2)], ""),
    ("k phải A1 mà B2", [("B2", 1)], ""),
    ("thôi A1, lấy B2", [("B2", 1)], ""),
    ("cho em 2 A1 có ship không 0912345678", [("A1", 2)], P),
]

CANCELS: list[tuple[str, list[str]]] = [
    ("không lấy nữa", []),
    ("ko lấy nữa shop ơi", []),
    ("k lấy A1 nữa", ["A1"]),
    ("Em không mua A1 nữa ạ", ["A1"]),
    ("hủy A1", ["A1"]),
    ("huỷ đơn giúp em", []),
    ("bỏ A1 giúp mình", ["A1"]),
    ("thôi không lấy 2 hũ A1 nữa", ["A1"]),
    ("đừng gửi B2 nhé", ["B2"]),
    ("hủy", []),
    ("chị hủy A1 nhé", ["A1"]),
    ("khỏi A1 nha", ["A1"]),
    ("chị có việc nên không lấy A1 nữa", ["A1"]),
]

QUESTIONS = [
    "còn không ạ?",
    "A1 còn không ạ",
    "A1 con ko shop",
    "A1 bao nhiêu?",
    "A1 giá sao shop",
    "b2 bn",
    "cho em hỏi A1 với",
    "A1 có ngon không",
    "A1 mấy tiền 1 hũ",
    "2 hũ A1 có được freeship không",
    "không lấy A1 có được không?",
    "A2 được không",
    "A1 bao tiền",
    "xin giá A1",
    "A1 ib em",
    "còn A1 hông",
    "hết A1 chưa",
    "A1 với B2 cái nào ngon",
    "A1 là mật ong hả",
    "em chưa nhận được A1",
    "A1 bị bể 1 hũ rồi shop",
    # An order whose goods only the host can know: it wants an answer too.
    "chốt 2",
    "tất cả mỗi mã 1",
    "D9 2 hũ",
    "cho a 2 hũ",
    "0912345678",
]

OTHERS = [
    "hay quá shop ơi",
    "chào cả nhà",
    "A12",
    "A1 ngon quá",
    "cho xem A1",
    "vitamin B2 tốt",
    "phòng A1 tầng 2 chung cư",
    "BA1",
    "mua ở đây 5 năm rồi",
    "",
    "❤️❤️❤️",
    "dưa chua ngon",
]


@pytest.mark.parametrize(("text", "lines", "phone"), ORDERS, ids=[one[0] for one in ORDERS])
def test_orders(text: str, lines: list[tuple[str, int]], phone: str) -> None:
    for typed in (text, unicodedata.normalize("NFD", text), text.upper()):
        wish = read_comment(typed, CODES)
        assert (wish.reading, list(wish.lines), wish.phone) == ("order", lines, phone)


@pytest.mark.parametrize(("text", "codes"), CANCELS, ids=[one[0] for one in CANCELS])
def test_cancels(text: str, codes: list[str]) -> None:
    wish = read_comment(text, CODES)
    assert (wish.reading, list(wish.cancelled), wish.lines) == ("cancel", codes, ())


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions_are_no_orders(text: str) -> None:
    assert read_comment(text, CODES).reading == "question"
    assert read_comment(plain(text), CODES).reading == "question"


@pytest.mark.parametrize("text", OTHERS)
def test_everything_else_is_left_alone(text: str) -> None:
    assert read_comment(text, CODES).reading == "other"


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("A1", {"no_phone"}),
        ("A1 0912345678", set()),
        ("A1 30 hũ 0912345678", {"many"}),
        ("B2 2kg 0912345678", {"weight"}),
        ("A1 D9 0912345678", {"unknown_code"}),
        ("A1 0912345678 hoặc 0987654321", {"two_phones"}),
        ("A1 còn không? Lấy A1 0912345678", {"question"}),
        ("lấy B2 không lấy A1 0912345678", {"mixed"}),
        ("A1 lấy thêm cho mẹ 3 0912345678", {"quantity"}),
        ("A1 0,5kg 0912345678", {"weight"}),
        ("B2 500g 0912345678", {"weight"}),
        ("A1 1 cặp 0912345678", {"quantity"}),
        ("hai A1 0912345678", {"quantity"}),
        ("A1 091234567", {"odd_phone"}),
        ("bớt 1 A1 0912345678", {"change"}),
        ("hôm qua em lấy A1 rồi 0912345678", {"unsure"}),
    ],
)
def test_doubts_name_what_to_look_at(text: str, doubts: set[str]) -> None:
    assert set(read_comment(text, CODES).doubts) == doubts


def test_a_person_called_huy_calls_nothing_off() -> None:
    """Only where marks are used: "chi huy" may be either, so it is taken as the refusal."""
    assert read_comment("chốt đơn cho chị Huy A1 2 hũ", CODES).lines == (("A1", 2),)
    assert read_comment("cho chi huy a1", CODES).reading == "cancel"


def test_numbers_are_masked_in_words() -> None:
    assert mask_phones("O912345678 hay 09123456789") == "0912 ••• 678 hay 0912 •••"
    assert mask_phones("Chốt A1, +84 912 345 678 nhé") == "Chốt A1, 0912 ••• 678 nhé"
    assert mask_phones("A1 2 hũ 100k") == "A1 2 hũ 100k"


def test_long_comments_are_refused() -> None:
    with pytest.raises(CommentTooLong):
        read_comment("A1 " * MAX_COMMENT, CODES)


@given(st.text(max_size=300))
def test_any_text_is_read_and_units_stay_in_bounds(text: str) -> None:
    wish = read_comment(text, CODES)
    assert all(code in CODES and 1 <= units <= 99 for code, units in wish.lines)
    assert (wish.reading == "order") == bool(wish.lines)


@given(
    st.lists(
        st.sampled_from([*"aA1b2 xX0?.,đĐ\u0301\u0323", "không ", "lấy ", "2 hũ "]), max_size=60
    )
)
def test_the_same_words_read_the_same_however_they_are_composed(parts: list[str]) -> None:
    text = unicodedata.normalize("NFC", "".join(parts))
    read: Wish = read_comment(text, CODES)
    assert read_comment(unicodedata.normalize("NFD", text), CODES) == read
