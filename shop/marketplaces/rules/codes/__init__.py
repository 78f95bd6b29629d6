"""Every code a readiness report can hold: why it matters, how to mend it, and where."""

from typing import Final

from shop.marketplaces.rules.codes import goods, papers, texts
from shop.marketplaces.rules.codes.code import EXCEL, Code

CODES: Final = {code.slug: code for code in (*texts.CODES, *goods.CODES, *papers.CODES)}

__all__ = ["CODES", "EXCEL", "Code"]
