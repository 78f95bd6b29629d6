"""Digital Link addresses: what is read, what is refused, links and linksets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.traceability.rules import digital_link, linksets
from shop.traceability.rules.digital_link import MalformedLink

GTIN = "08931234567897"
GLN = "8931234567903"


@pytest.mark.parametrize(
    "path",
    [
        f"01/{GTIN}",
        f"01/{GTIN}/",
        f"01/{GTIN}/10/MD-2611",
        f"01/{GTIN}/10/MD-2611/21/0123456789",
        f"01/{GTIN}/21/X",
        f"01/{GTIN}/22/2A/10/A/21/B",
        f"01/{GTIN}/235/XYZ",
        f"01/{GTIN}/10/a!%&'()*+,.:;<=>?_",
        f"414/{GLN}",
        f"414/{GLN}/254/32a",
    ],
)
def test_good_addresses_are_read_and_written_back(path: str) -> None:
    link = digital_link.read(path.split("/"))
    assert link.path == "/" + path.rstrip("/")


@pytest.mark.parametrize(
    "path",
    [
        "01",
        "01/",
        "01/08931234567890",  # check digit
        "01/8931234567897",  # 13 digits
        "01/0893123456789A",
        "01/٠٨٩٣١٢٣٤٥٦٧٨٩٧",  # digits, but not ASCII
        f"01/{GTIN}/10",
        f"01/{GTIN}/10/",
        f"01/{GTIN}/10/LÔ1",
        f"01/{GTIN}/10/{'A' * 21}",
        f"01/{GTIN}/10/A B",
        f"01/{GTIN}/10/A#B",
        f"01/{GTIN}/10/A\0",
        f"01/{GTIN}/21/B/10/A",  # order
        f"01/{GTIN}/10/A/10/A",
        f"01/{GTIN}/235/X/10/A",
        f"01/{GTIN}/17/261122",  # an attribute, not a qualifier
        f"01/{GTIN}/10/A/99/B",
        f"414/{GTIN}",
        "414/8931234567900",
        f"414/{GLN}/10/A",
        f"00/{'1' * 18}",
        "",
    ],
)
def test_malformed_addresses_are_refused(path: str) -> None:
    with pytest.raises(MalformedLink):
        digital_link.read(path.split("/"))


@pytest.mark.parametrize(
    ("name", "value", "is_right"),
    [
        ("17", "271231", True),
        ("17", "271200", True),
        ("17", "271331", False),
        ("15", "270230", False),
        ("11", "2711", False),
        ("416", GLN, True),
        ("416", "8931234567900", False),
        ("8008", "2611220930", True),
        ("8008", "26112225", False),
        ("8008", "26110009", False),
        ("422", "704", True),
        ("422", "VN", False),
        ("linkType", "all", True),
        ("utm_source", "jar", True),
    ],
)
def test_attributes_with_a_fixed_form_are_judged(name: str, value: str, is_right: bool) -> None:
    try:
        digital_link.read(["01", GTIN], [(name, value)])
    except MalformedLink:
        assert not is_right
    else:
        assert is_right


@given(st.text(alphabet="0123456789", min_size=13, max_size=13), st.integers(0, 12))
def test_one_wrong_digit_never_passes(body: str, place: int) -> None:
    right = body + str(digital_link.check_digit(body))
    assert digital_link.is_checked(right, 14)
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    assert not digital_link.is_checked(wrong, 14)


def test_check_digits_of_the_standard_s_examples() -> None:
    assert digital_link.check_digit("893123456789") == 7
    assert digital_link.check_digit("893123456790") == 3
    assert digital_link.check_digit("18931234567890123") == 0


LOT = linksets.Level(
    f"/01/{GTIN}/10/A",
    "Miến · A",
    (
        linksets.Link("traceability", "Hành trình", (("vi", "/t/A"), ("en", "/en/t/A"))),
        linksets.Link("epcis", "EPCIS", (("", "/lo/A/epcis.jsonld"),), "application/ld+json"),
    ),
)
PRODUCT = linksets.Level(
    f"/01/{GTIN}", "Miến", (linksets.Link("pip", "Trang", (("vi", "/sp"), ("en", "/en/sp"))),)
)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("defaultLink", "/t/A"),
        ("gs1:defaultLink", "/t/A"),
        ("nothing-of-this-kind", "/t/A"),
        ("epcis", "/lo/A/epcis.jsonld"),
        ("gs1:pip", "/sp"),
        ("https://ref.gs1.org/voc/pip", "/sp"),
        ("https://gs1.org/voc/pip", "/sp"),
    ],
)
def test_the_asked_link_or_the_default_one(asked: str, path: str) -> None:
    assert linksets.choose([LOT, PRODUCT], asked).path("vi") == path


def test_a_linkset_has_one_default_link_a_level_and_titles_everywhere() -> None:
    found = linksets.linkset([LOT, PRODUCT], root="https://chophien.vn")["linkset"]
    assert [level["anchor"] for level in found] == [
        f"https://chophien.vn/01/{GTIN}/10/A",
        f"https://chophien.vn/01/{GTIN}",
    ]
    for level in found:
        (default,) = level["https://ref.gs1.org/voc/defaultLink"]
        assert "hreflang" not in default
        for name, links in level.items():
            if name.startswith("https://"):
                for link in links:
                    assert set(link) >= {"href", "title", "type"}
    assert found[0]["https://ref.gs1.org/voc/traceability"] == [
        {
            "href": "https://chophien.vn/t/A",
            "title": "Hành trình",
            "type": "text/html",
            "hreflang": ["vi"],
        },
        {
            "href": "https://chophien.vn/en/t/A",
            "title": "Hành trình",
            "type": "text/html",
            "hreflang": ["en"],
        },
    ]
