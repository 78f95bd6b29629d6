"""Comments as people bring them: pasted lines, a text file, a table with a header."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from livestream.onair.rules.comments import MAX_COMMENT, CommentTooLong, TooManyComments
from shop.core.errors import Invalid
from shop.core.text import N_, clean, fold

MAX_COMMENTS: Final = 500
MAX_CHARS: Final = 200_000
"""Pasted into the field."""
MAX_BYTES: Final = 2_000_000
"""Of a file: more than any ``MAX_COMMENTS`` of ``MAX_COMMENT`` characters in UTF-8."""
MAX_AUTHOR: Final = 120

_ID_NAMES: Final = frozenset({"id", "ma", "ma binh luan", "comment id", "stt id"})
_AUTHOR_NAMES: Final = frozenset(
    {"author", "name", "user", "username", "from", "ten", "nguoi", "nguoi binh luan", "nguoi xem"}
)
_TEXT_NAMES: Final = frozenset({"text", "comment", "message", "binh luan", "noi dung"})
_KEY: Final = re.compile(r"[\w.:\-]{1,60}", re.ASCII)
_AUTHOR: Final = re.compile(r"^([^\d:\t]{2,60}): +(?=\S)")


class NoText(Invalid):
    message = N_("Không thấy bình luận nào. Hãy dán mỗi dòng một bình luận.")


class NotText(Invalid):
    message = N_("Tệp này không phải văn bản UTF-8. Hãy lưu lại dạng CSV hoặc TXT (UTF-8).")


class CommentsTooLarge(Invalid):
    message = N_("Mỗi lần chỉ đọc được %(most)s KB văn bản. Hãy chia thành nhiều lần gửi.")


class NoTextColumn(Invalid):
    message = N_("Không thấy cột nội dung. Cần một cột tên “Nội dung”, “Bình luận” hoặc “text”.")


@dataclass(frozen=True)
class Comment:
    """A comment as it came: ``key`` is the platform's id, empty when there is none."""

    text: str
    author: str = ""
    key: str = ""


def decode(raw: bytes) -> str:
    """The text of an uploaded file. Raises NotText, CommentsTooLarge."""
    if len(raw) > MAX_BYTES:
        raise CommentsTooLarge(most=MAX_BYTES // 1000)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText from None


def checked(comments: Sequence[Comment]) -> list[Comment]:
    """The comments cleaned, empty ones left out. Raises NoText, TooManyComments, CommentTooLong."""
    count = sum(1 for one in comments if one.text.strip())
    if count > MAX_COMMENTS:
        raise TooManyComments(count=count, most=MAX_COMMENTS)
    for nth, one in enumerate(comments, 1):
        if len(one.text) > MAX_COMMENT:
            raise CommentTooLong(nth=nth, length=len(one.text), most=MAX_COMMENT)
    found = [
        Comment(clean(one.text), clean(one.author)[:MAX_AUTHOR], one.key if is_key(one.key) else "")
        for one in comments
    ]
    kept = [one for one in found if one.text]
    if not kept:
        raise NoText
    return kept


def is_key(key: str) -> bool:
    """Whether it can be a platform's id of a comment."""
    return _KEY.fullmatch(key) is not None


def read_lines(text: str) -> list[Comment]:
    """One comment a line: ``Lan Anh: A1 2 hũ``, or the words alone. Raises as ``checked``."""
    found = []
    for line in text.splitlines():
        named = _AUTHOR.match(line.strip())
        author = named[1] if named else ""
        found.append(Comment(line.strip()[named.end() if named else 0 :], author))
    return checked(found)


def read_table(text: str) -> list[Comment]:
    """A CSV (comma, semicolon or tab) whose first row names its columns.

    Columns are found by name, with or without marks: text, and author and id if there are any.
    Raises NoTextColumn and as ``checked``.
    """
    head = text.split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=False))
    except csv.Error:
        raise NoTextColumn from None
    names = [fold(name) for name in rows[0]] if rows else []
    at = [
        next((i for i, name in enumerate(names) if name in known), None)
        for known in (_TEXT_NAMES, _AUTHOR_NAMES, _ID_NAMES)
    ]
    words, author, key = at
    if words is None:
        raise NoTextColumn

    def cell(row: list[str], index: int | None) -> str:
        return row[index] if index is not None and index < len(row) else ""

    return checked(
        [Comment(cell(row, words), cell(row, author), cell(row, key).strip()) for row in rows[1:]]
    )


def read_file(name: str, raw: bytes) -> list[Comment]:
    """An uploaded file: a table when it is called ``.csv`` or ``.tsv``, else lines."""
    text = decode(raw)
    is_table = name.lower().endswith((".csv", ".tsv"))
    return read_table(text) if is_table else read_lines(text)
