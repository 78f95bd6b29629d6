"""Why a file as a whole is not taken: a code for the row, a sentence for people."""

from typing import Final

from shop.core.errors import Invalid
from shop.core.text import N_

MAX_ROWS: Final = 5_000
MAX_BYTES: Final = 5 * 1024 * 1024

REFUSALS: Final = {
    "empty": N_("Tệp không có dòng nào. Vui lòng chọn lại tệp."),
    "too_big": N_("Tệp lớn hơn 5 MB. Hãy bỏ ảnh và các trang không cần, hoặc chia làm nhiều tệp."),
    "not_sheet": N_("Chỉ nhận tệp .xlsx hoặc .csv."),
    "old_xls": N_("Tệp .xls đời cũ không nhận được. Hãy mở ra và lưu lại thành .xlsx."),
    "encrypted": N_("Tệp có mật khẩu. Hãy lưu lại không mật khẩu."),
    "macros": N_("Tệp có macro nên không nhận. Hãy lưu lại thành .xlsx thường."),
    "external_links": N_("Tệp lấy dữ liệu từ tệp khác. Hãy dán thành giá trị rồi lưu lại."),
    "embedded": N_("Tệp có đối tượng nhúng bên trong nên không nhận. Hãy tải lại mẫu từ sàn."),
    "entities": N_("Tệp có nội dung XML không được phép. Hãy mở bằng Excel và lưu lại."),
    "bomb": N_("Tệp nén bung ra quá lớn nên không mở. Hãy chép bảng sang một tệp mới."),
    "not_xlsx": N_("Tệp này không phải bảng tính .xlsx."),
    "damaged": N_("Tệp bị hỏng, không đọc được. Hãy mở bằng Excel và lưu lại."),
    "no_sheet": N_("Tệp không có trang tính nào đang hiện."),
    "not_text": N_("Không đọc được chữ trong tệp .csv. Hãy lưu dưới dạng CSV UTF-8."),
    "too_many_rows": N_(
        "Bảng dài quá 5.000 dòng. Hãy xóa các dòng trống thừa ở cuối hoặc chia làm nhiều tệp."
    ),
    "too_wide": N_("Bảng rộng quá 200 cột. Hãy xóa các cột thừa bên phải."),
    "book_too_many_rows": N_(
        "Tệp có trang dài quá 20.000 dòng hoặc có quá nhiều ô nên không nhận. Hãy tải lại tệp "
        "từ sàn."
    ),
    "book_too_wide": N_("Tệp có trang rộng quá 1.000 cột nên không nhận. Hãy tải lại tệp từ sàn."),
    "too_slow": N_("Tệp mở quá lâu nên không nhận. Hãy chép bảng sang một tệp mới."),
    "no_header": N_(
        "Không thấy dòng tiêu đề. Cần cột “Mã hàng (SKU)” và ít nhất một cột nữa của tệp mẫu."
    ),
    "twice_headed": N_("Có hai cột cùng tên. Hãy giữ lại một cột."),
}


class SheetRefused(Invalid):
    """The file is no sheet that we take; ``code`` is a key of REFUSALS."""

    message = N_("Không nhận được tệp này.")

    def __init__(self, code: str) -> None:
        super().__init__(REFUSALS[code], field="sheet")
        self.code = code


def kind_of(raw: bytes, name: str) -> str:
    """``xlsx`` or ``csv`` by what is inside, not by the name. Raises SheetRefused."""
    if not raw.strip():
        raise SheetRefused("empty")
    if len(raw) > MAX_BYTES:
        raise SheetRefused("too_big")
    if raw.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        is_locked = "EncryptedPackage".encode("utf-16-le") in raw
        raise SheetRefused("encrypted" if is_locked else "old_xls")
    if raw.startswith(b"PK\x03\x04"):
        return "xlsx"
    suffix = name.rpartition(".")[2].lower()
    if suffix not in {"csv", "txt", "tsv"} or raw.startswith(_NO_TEXT):
        raise SheetRefused("not_sheet")
    return "csv"


def require_length(rows: int) -> None:
    """At most MAX_ROWS rows below the header, and one at least. Raises SheetRefused."""
    if rows > MAX_ROWS:
        raise SheetRefused("too_many_rows")
    if rows == 0:
        raise SheetRefused("empty")


_NO_TEXT: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK", b"\x1f\x8b", b"{\\rtf")
