"""Pages of a list."""

import pytest

from shop.web.pagination import MAX_PAGE, Page, page_number


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (None, 1),
        ("", 1),
        ("2", 2),
        ("0", 1),
        ("-1", 1),
        ("1.5", 1),
        ("x", 1),
        ("٣", 1),
        ("²", 1),
        ("2147483648", 1),
        ("9" * 400, 1),
        ("999999", MAX_PAGE),
        ("\x00", 1),
        (" 2", 1),
    ],
)
def test_page_asked_for(raw: str | None, number: int) -> None:
    assert page_number(raw) == number


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (24, 1), (25, 2), (48, 2), (49, 3)])
def test_how_many_pages(total: int, pages: int) -> None:
    page = Page(number=2, size=24, total=total, url=str)
    assert page.pages == pages
    assert page.offset == 24
