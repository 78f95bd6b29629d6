"""Pages of clubs: joining, home, what a club uses and when, the queue of staff, the public page."""

from livestream.clubs.routes import joining, profile, public, resource, resources, staff
from livestream.clubs.routes.base import bp

__all__ = ["bp", "joining", "profile", "public", "resource", "resources", "staff"]
