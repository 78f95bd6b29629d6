"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("traceability", __name__)
