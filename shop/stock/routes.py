"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("stock", __name__)
