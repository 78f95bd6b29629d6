"""Banks that take transfers by VietQR, with their NAPAS numbers (BIN).

Source: the lists of three independent packages agree on these (facts, payments §2.2). A bank that
is not listed can be entered by its six digits; staff look at it before it is used.
"""

BANKS: dict[str, str] = {
    "970405": "Agribank",
    "970436": "Vietcombank",
    "970418": "BIDV",
    "970415": "VietinBank",
    "970422": "MB Bank",
    "970407": "Techcombank",
    "970416": "ACB",
    "970432": "VPBank",
    "970423": "TPBank",
    "970403": "Sacombank",
    "970441": "VIB",
    "970443": "SHB",
    "970437": "HDBank",
    "970426": "MSB",
    "970449": "LPBank",
    "970440": "SeABank",
    "970448": "OCB",
    "970446": "Co-opBank",
    "970454": "BVBank",
}


def bank_name(bin_number: str) -> str:
    """The bank's short name, or its six digits when it is not in the list."""
    return BANKS.get(bin_number, bin_number)
