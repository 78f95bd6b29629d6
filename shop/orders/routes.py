"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("orders", __name__)
