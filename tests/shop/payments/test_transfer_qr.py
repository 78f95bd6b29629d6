"""VietQR payloads: known vectors, round trips, refusals; memo codes out of mangled bank texts."""

import binascii
import io
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shop.core.errors import Invalid
from shop.payments import memo, panels
from shop.payments.banks import BANKS
from shop.payments.transfer_qr import (
    BadTransferQr,
    Transfer,
    checksum,
    decode,
    encode,
    fold_purpose,
)

STATIC_ACB = (
    "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F"
)
DYNAMIC_ACB = (
    "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA"
    "53037045405100005802VN62150811Chuyen tien630453E6"
)
ZERO_CRC = (
    "00020101021138580010A000000727012800069704070114190304136010180208QRIBFTTA"
    "53037045802VN63040283"
)


def test_known_static_vector_both_ways() -> None:
    transfer = Transfer("970416", "257678859")
    assert encode(transfer) == STATIC_ACB
    assert decode(STATIC_ACB) == transfer


def test_known_dynamic_vector_reads_as_written_by_others() -> None:
    assert decode(DYNAMIC_ACB) == Transfer("970416", "257678859", 10_000, "Chuyen tien")


def test_dynamic_code_differs_from_the_vector_only_in_the_purpose() -> None:
    ours = encode(Transfer("970416", "257678859", 10_000, "CHUYEN TIEN"))
    assert ours[:-8] == DYNAMIC_ACB[:-8].replace("Chuyen tien", "CHUYEN TIEN")


def test_crc_keeps_leading_zeros() -> None:
    assert encode(Transfer("970407", "19030413601018")) == ZERO_CRC
    assert decode(ZERO_CRC).account == "19030413601018"


def test_crc_is_the_published_check_value() -> None:
    assert checksum("123456789") == "29B1"


def test_lower_case_crc_is_read() -> None:
    assert decode(STATIC_ACB[:-4] + "ae9f") == decode(STATIC_ACB)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "6304",
        DYNAMIC_ACB[:-4] + "53E7",
        STATIC_ACB[:-1],
        STATIC_ACB + "0",
        "\x00" + STATIC_ACB,
        STATIC_ACB.replace("VN", "ỴN"),
        "x" * 5000,
        STATIC_ACB.replace("A000000727", "A000000728"),
    ],
)
def test_broken_payloads_are_refused(payload: str) -> None:
    with pytest.raises(BadTransferQr):
        decode(payload)


def _signed(body: str) -> str:
    return body + "6304" + checksum(body + "6304")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("5303704", "5303840"),
        ("5802VN", "5802US"),
        ("000201", "000202"),
        ("010211", "010212"),
        ("010211", "010213"),
        ("0208QRIBFTTA", "0208QRIBCASH"),
        ("5802VN", "5802VN5802VN"),
        ("0006970416", "00060704 6"),
        ("5802VN", "5400" + "5802VN"),
        ("5802VN", "540210" + "5802VN"),
        ("5802VN", "540299X" + "5802VN"),
    ],
)
def test_whole_but_wrong_payloads_are_refused(was: str, becomes: str) -> None:
    with pytest.raises(BadTransferQr):
        decode(_signed(STATIC_ACB[:-8].replace(was, becomes, 1)))


@pytest.mark.parametrize(
    "transfer",
    [
        Transfer("97041", "1"),
        Transfer("97041a", "1"),
        Transfer("970416", ""),
        Transfer("970416", "1" * 20),
        Transfer("970416", "12 34"),
        Transfer("970416", "mật ong"),
        Transfer("970416", "1", 0),
        Transfer("970416", "1", -5),
        Transfer("970416", "1", 10**12),
        Transfer("970416", "1", 5, "Mật ong"),
        Transfer("970416", "1", 5, "A" * 20),
        Transfer("970416", "1", 5, " A"),
        Transfer("٩٧٠٤١٦", "1"),
    ],
)
def test_parts_outside_their_limits_are_never_written(transfer: Transfer) -> None:
    with pytest.raises(Invalid):
        encode(transfer)


TRANSFERS = st.builds(
    Transfer,
    bank_bin=st.sampled_from(sorted(BANKS)),
    account=st.from_regex(r"[A-Z0-9]{1,19}", fullmatch=True),
    amount_vnd=st.none() | st.integers(1, 10_000_000_000),
    purpose=st.from_regex(r"([A-Z0-9]([A-Z0-9 ]{0,17}[A-Z0-9])?)?", fullmatch=True),
    service=st.sampled_from(["account", "card"]),
)


@given(TRANSFERS)
def test_what_is_written_is_read_back(transfer: Transfer) -> None:
    assert decode(encode(transfer)) == transfer


@given(TRANSFERS, st.data())
def test_any_changed_symbol_is_noticed(transfer: Transfer, data: st.DataObject) -> None:
    payload = encode(transfer)
    at = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFXYZ "))
    changed = payload[:at] + other + payload[at + 1 :]
    if changed != payload:
        with pytest.raises(BadTransferQr):
            decode(changed)


@given(st.text(max_size=300))
def test_hostile_text_is_refused_calmly(text: str) -> None:
    with pytest.raises(BadTransferQr):
        decode(text)


def test_purpose_is_folded() -> None:
    assert fold_purpose("Đơn hàng: Mật ong bạc hà!") == "DON HANG MAT ONG BA"


def test_picture_decodes_to_the_payload() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    payload = encode(Transfer("970416", "257678859", 125_000, memo.new_memo_code()))
    with Image.open(io.BytesIO(panels.qr_png(payload))) as picture:
        found = zxingcpp.read_barcodes(picture.convert("RGB"))
    assert [one.text for one in found] == [payload]
    svg = panels.qr_svg(payload)
    assert svg.startswith("<svg")
    assert "style=" not in svg


def test_crc_is_not_plain_crc16() -> None:
    """Negative control: another start value would give another sum."""
    assert f"{binascii.crc_hqx(STATIC_ACB[:-4].encode(), 0):04X}" != STATIC_ACB[-4:]


# Memo codes


CODE = memo.PREFIX + "2A3C4D5E" + memo.check_symbol("2A3C4D5E")

MANGLINGS = [
    "{c}",
    "MBVCB.3278907687.{c}.CT tu 0123456789 NONG THI HA toi 257678859 HTX TAI HOAN tai ACB",
    "CT DEN:632600001234 {c} chuyen tien",
    "thanh toan don {c}-221126-10:15:02 632600",
    "NGUYENVANA{c}CHUYENTIEN",
    "IBFT {c}GD 5327",
    "Chuyển tiền đơn hàng {c} cảm ơn",
]


@pytest.mark.parametrize("around", MANGLINGS)
@pytest.mark.parametrize(
    "mangle",
    [
        str,
        str.lower,
        lambda code: code[:2] + " " + code[2:6] + " " + code[6:],
        "-".join,
        lambda code: code.replace("O", "0", 1),
        lambda code: code.replace("5", "S"),
        lambda code: code.replace("OC", "ÓC"),
        lambda code: code[:4] + "\n" + code[4:],
    ],
)
def test_code_is_found_in_what_banks_make_of_it(around: str, mangle: object) -> None:
    assert memo.find_memo_codes(around.format(c=mangle(CODE))) == [CODE]  # type: ignore[operator]


@given(st.data())
def test_every_wrong_symbol_and_every_swap_is_noticed(data: st.DataObject) -> None:
    code = (
        memo.PREFIX
        + (
            body := "".join(
                data.draw(st.lists(st.sampled_from(memo.ALPHABET), min_size=8, max_size=8))
            )
        )
        + memo.check_symbol(body)
    )
    at = data.draw(st.integers(2, memo.LENGTH - 1))
    other = data.draw(st.sampled_from(memo.ALPHABET))
    if other != code[at]:
        assert memo.find_memo_codes(code[:at] + other + code[at + 1 :]) == []
    first, second = sorted(data.draw(st.lists(st.integers(2, 9), min_size=2, max_size=2)))
    if code[first] != code[second]:
        swapped = list(code)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        assert memo.find_memo_codes("".join(swapped)) == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_code_is_always_among_what_is_found(before: str, after: str) -> None:
    assert CODE in memo.find_memo_codes(f"{before} {CODE} {after}")


def test_two_codes_are_both_reported() -> None:
    other = memo.PREFIX + "99999999" + memo.check_symbol("99999999")
    assert memo.find_memo_codes(f"{CODE} va {other} va {CODE}") == [CODE, other]


def test_random_codes_are_valid_short_and_different() -> None:
    codes = {memo.new_memo_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(memo.is_memo_code(code) and len(code) == 11 for code in codes)


def test_noise_rarely_looks_like_a_code() -> None:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    noise = "".join(secrets.choice(alphabet) for _ in range(200_000))
    assert len(memo.find_memo_codes(noise)) < 6
