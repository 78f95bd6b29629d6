"""The blueprint of pre-orders."""

from flask import Blueprint

bp = Blueprint("preorders", __name__)
