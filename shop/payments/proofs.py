"""Proofs of pay-outs: a picture goes through the photo store, a PDF is kept as it came.

Neither is ever public: a PDF is only sent as a download, never shown by our pages.
"""

from dataclasses import dataclass
from typing import Final

from shop.catalogue.pictures import PictureRefused, scan_name, store_scan
from shop.core.errors import Invalid
from shop.core.storage import Storage
from shop.core.text import N_

MAX_PDF_BYTES: Final = 5 * 1024 * 1024
_HEAD: Final = b"%PDF-"
_TAIL: Final = b"%%EOF"


class ProofRefused(Invalid):
    message = N_("Chứng từ phải là ảnh hoặc tệp PDF không quá 5 MB.")


@dataclass(frozen=True)
class Proof:
    """A kept proof, by its content."""

    sha: str
    is_pdf: bool


def store_proof(storage: Storage, raw: bytes) -> Proof | None:
    """Keep a proof; None when nothing was sent. Call it before the write transaction.

    Raises PictureRefused, ProofRefused (field ``proof``), Unavailable.
    """
    if not raw:
        return None
    if raw.startswith(_HEAD):
        if len(raw) > MAX_PDF_BYTES or _TAIL not in raw[-2048:]:
            raise ProofRefused(field="proof")
        return Proof(storage.put(raw, "pdf").partition(".")[0], is_pdf=True)
    try:
        return Proof(store_scan(storage, raw), is_pdf=False)
    except PictureRefused as refused:
        raise PictureRefused(refused.code, field="proof") from None


def proof_name(proof: Proof) -> str:
    """The stored name of a proof."""
    return f"{proof.sha}.pdf" if proof.is_pdf else scan_name(proof.sha)
