"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("marketplaces", __name__)
