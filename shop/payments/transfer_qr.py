"""VietQR: the text inside the QR of a NAPAS 247 transfer, written and read strictly.

Source: NAPAS, Technical Specifications on QR Switching, Part IV v1.5.2 (EMVCo merchant-presented
TLV); checksum CRC-16/CCITT-FALSE. A wrong account number is lost money, so what is written is read
back and compared before anybody sees it.
"""

import binascii
import re
from dataclasses import dataclass
from typing import Literal

from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_, fold

NAPAS_AID = "A000000727"
VND_NUMERIC = "704"
MAX_PURPOSE = 19
"""VietQR's own service allows 19; the standard 25. Codes stay within the smaller."""
MAX_PAYLOAD = 512

_BIN = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[A-Z0-9]{1,19}")
_PURPOSE = re.compile(r"[A-Z0-9 ]{0,19}")
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_SERVICES = {"account": "QRIBFTTA", "card": "QRIBFTTC"}


class BadTransferQr(Invalid):
    """Not a payload this shop writes or accepts."""

    message = N_("Mã chuyển khoản không hợp lệ.")


@dataclass(frozen=True)
class Transfer:
    """A transfer to a bank account. ``amount_vnd`` None: the payer types it (a static code)."""

    bank_bin: str
    account: str
    amount_vnd: int | None = None
    purpose: str = ""
    service: Literal["account", "card"] = "account"


def fold_purpose(text: str) -> str:
    """``text`` as banks carry it: upper-case ASCII letters, digits and blanks, 19 at most."""
    return fold(text).upper()[:MAX_PURPOSE].strip()


def encode(transfer: Transfer) -> str:
    """The payload of ``transfer``. Raises BadTransferQr when a part is not within its limits."""
    _check(transfer)
    beneficiary = _tlv("00", transfer.bank_bin) + _tlv("01", transfer.account)
    scheme = (
        _tlv("00", NAPAS_AID) + _tlv("01", beneficiary) + _tlv("02", _SERVICES[transfer.service])
    )
    body = _tlv("00", "01")
    body += _tlv("01", "11" if transfer.amount_vnd is None else "12")
    body += _tlv("38", scheme) + _tlv("53", VND_NUMERIC)
    if transfer.amount_vnd is not None:
        body += _tlv("54", str(transfer.amount_vnd))
    body += _tlv("58", "VN")
    if transfer.purpose:
        body += _tlv("62", _tlv("08", transfer.purpose))
    body += "6304"
    payload = body + checksum(body)
    if decode(payload) != transfer:
        raise BadTransferQr
    return payload


def decode(payload: str) -> Transfer:
    """Read a payload strictly. Raises BadTransferQr for anything but a whole, right NAPAS transfer.

    Purpose text of other writers may hold lower case and punctuation; it is kept as it is.
    """
    if len(payload) > MAX_PAYLOAD or not payload.isascii() or not payload.isprintable():
        raise BadTransferQr
    if payload[-8:-4] != "6304" or checksum(payload[:-4]) != payload[-4:].upper():
        raise BadTransferQr
    fields = _fields(payload)
    expected = {"00": "01", "53": VND_NUMERIC, "58": "VN"}
    if any(fields.get(tag) != value for tag, value in expected.items()):
        raise BadTransferQr
    if next(iter(fields)) != "00" or list(fields)[-1] != "63":
        raise BadTransferQr
    scheme = _fields(fields.get("38", ""))
    if scheme.get("00") != NAPAS_AID:
        raise BadTransferQr
    beneficiary = _fields(scheme.get("01", ""))
    read = Transfer(
        bank_bin=beneficiary.get("00", ""),
        account=beneficiary.get("01", ""),
        amount_vnd=_amount(fields.get("01"), fields.get("54")),
        purpose=_fields(fields.get("62", "")).get("08", ""),
        service=_service(scheme.get("02", "")),
    )
    if not _BIN.fullmatch(read.bank_bin) or not re.fullmatch(r"[A-Za-z0-9]{1,19}", read.account):
        raise BadTransferQr
    return read


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE of ``text`` as four upper-case hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def _check(transfer: Transfer) -> None:
    if not _BIN.fullmatch(transfer.bank_bin):
        raise BadTransferQr(N_("Mã ngân hàng gồm đúng 6 chữ số."), field="bank_bin")
    if not _ACCOUNT.fullmatch(transfer.account):
        raise BadTransferQr(
            N_("Số tài khoản chỉ gồm chữ số và chữ cái không dấu, tối đa 19 ký tự."), field="number"
        )
    if transfer.amount_vnd is not None and not 0 < transfer.amount_vnd <= MAX_VND:
        raise BadTransferQr(N_("Số tiền không hợp lệ."), field="amount")
    if not _PURPOSE.fullmatch(transfer.purpose) or transfer.purpose != transfer.purpose.strip():
        raise BadTransferQr(N_("Nội dung chuyển khoản không hợp lệ."), field="purpose")


def _amount(initiation: str | None, amount: str | None) -> int | None:
    if initiation not in {"11", "12"} or (initiation == "12") != (amount is not None):
        raise BadTransferQr
    if amount is None:
        return None
    if not _AMOUNT.fullmatch(amount):
        raise BadTransferQr
    return int(amount)


def _service(code: str) -> Literal["account", "card"]:
    if code == _SERVICES["account"]:
        return "account"
    if code == _SERVICES["card"]:
        return "card"
    raise BadTransferQr


def _tlv(tag: str, value: str) -> str:
    if not 1 <= len(value) <= 99:
        raise BadTransferQr
    return f"{tag}{len(value):02d}{value}"


def _fields(text: str) -> dict[str, str]:
    """Tag -> value. Raises BadTransferQr when lengths do not add up or a tag comes twice."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not re.fullmatch(r"[0-9]{4}", head):
            raise BadTransferQr
        size = int(head[2:])
        value = text[at + 4 : at + 4 + size]
        if size == 0 or len(value) != size or head[:2] in found:
            raise BadTransferQr
        found[head[:2]] = value
        at += 4 + size
    return found
