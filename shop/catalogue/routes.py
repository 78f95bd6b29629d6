"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("catalogue", __name__)
