"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("clubs", __name__)
