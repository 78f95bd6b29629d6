"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("storefront", __name__)
