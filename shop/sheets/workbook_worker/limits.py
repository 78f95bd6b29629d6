"""How large anything in an uploaded file may be, and what is said of a file that is not taken."""

from typing import Final

MEMORY_BYTES: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 20
MAX_ENTRIES: Final = 300
MAX_UNPACKED: Final = 40 * 1024 * 1024
MAX_RATIO: Final = 200
"""Of an entry over a megabyte; a sheet of 5,000 equal rows reaches about 60."""
MAX_COLUMNS: Final = 200
MAX_BOOK_COLUMNS: Final = 1_000
MAX_CELLS: Final = 400_000
MAX_AREA: Final = 2_000_000
"""Rows × columns of all sheets that are read together: two cells far apart span a large table."""
MAX_TEXT: Final = 16_000_000
"""Characters of all cells together. One long shared text may stand in every cell: 24 kB of file,
a gigabyte of answer."""
MAX_CELL_TEXT: Final = 32_767
MAX_REPORTED: Final = 20_000
MAX_LISTS: Final = 2_000
"""Drop-downs of a sheet."""


class Refused(Exception):
    """The file is not taken; the argument is the reason's code."""
