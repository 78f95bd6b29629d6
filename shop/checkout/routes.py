"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("checkout", __name__)
