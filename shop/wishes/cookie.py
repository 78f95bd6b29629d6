"""The cookie of a visitor's wish list."""

from typing import Final

from shop.web.token_cookie import TokenCookie
from shop.wishes.rules import LISTS_FOR

WISH_COOKIE: Final = TokenCookie("thich", LISTS_FOR)
