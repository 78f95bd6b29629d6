"""Our way to write attributes says what WTForms' own says."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from wtforms.widgets.core import html_params

from shop.web.widgets import attributes

NAMES = st.sampled_from(["name", "class_", "data_preview", "aria-describedby", "required", "value"])
VALUES = st.one_of(st.booleans(), st.integers(), st.text(alphabet="ab\"'<>&ế \n"))


def read(written: str) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(attrs)

    Reader().feed(f"<input {written} />")
    return found


@given(st.dictionaries(NAMES, VALUES, min_size=1))
def test_attributes_read_the_same(values: dict[str, bool | int | str]) -> None:
    ours = attributes(**values)
    assert read(ours) == read(html_params(**values))
    assert len(read(ours)) == sum(value is not False for value in values.values())
