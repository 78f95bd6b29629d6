"""Reads a VietQR payload on its own, from the published layout: fields, then the checksum.

Layout: EMVCo merchant-presented QR with NAPAS's template 38 (GUID A000000727), CRC-16/CCITT-FALSE.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Transfer:
    """What the buyer's bank would be told."""

    bank_bin: str
    account: str
    amount: str
    currency: str
    country: str
    memo: str
    is_dynamic: bool


def read(payload: str) -> Transfer:
    """Raises ValueError when the layout or the checksum is wrong."""
    body, crc = payload[:-4], payload[-4:]
    if f"{checksum(body.encode()):04X}" != crc or not body.endswith("6304"):
        raise ValueError(f"checksum {crc} does not fit")
    top = fields(payload)
    merchant = fields(top["38"])
    if merchant["00"] != "A000000727" or merchant["02"] != "QRIBFTTA":
        raise ValueError(f"not a NAPAS account transfer: {merchant}")
    beneficiary = fields(merchant["01"])
    return Transfer(
        bank_bin=beneficiary["00"],
        account=beneficiary["01"],
        amount=top["54"],
        currency=top["53"],
        country=top["58"],
        memo=fields(top["62"])["08"],
        is_dynamic=top["01"] == "12",
    )


def fields(text: str) -> dict[str, str]:
    """Two digits of id, two of length, then the value. Raises ValueError."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        name, size = text[at : at + 2], int(text[at + 2 : at + 4])
        value = text[at + 4 : at + 4 + size]
        if len(value) != size or name in found:
            raise ValueError(f"field {name} is cut or doubled")
        found[name] = value
        at += 4 + size
    return found


def checksum(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
            crc &= 0xFFFF
    return crc
