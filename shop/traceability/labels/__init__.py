"""Labels: the code as a QR beside what the law wants printed on the pack, as PDF and as PNG.

``symbols`` makes QR and EAN-13, ``layout`` fits one label, ``pdf`` and ``png`` draw it. Sizes are
millimetres.
"""

from shop.traceability.labels.layout import (
    TEMPLATES,
    CannotPrint,
    LabelFacts,
    LabelTooSmall,
    Template,
    UnknownTemplate,
    template_of,
)
from shop.traceability.labels.pdf import Unit, make_sheet
from shop.traceability.labels.png import make_pages
from shop.traceability.labels.symbols import qr_path

__all__ = [
    "TEMPLATES",
    "CannotPrint",
    "LabelFacts",
    "LabelTooSmall",
    "Template",
    "Unit",
    "UnknownTemplate",
    "make_pages",
    "make_sheet",
    "qr_path",
    "template_of",
]
