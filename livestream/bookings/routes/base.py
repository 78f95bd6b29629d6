"""The feature's blueprint."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("bookings", __name__)

Page = tuple[str, int] | str | Response
