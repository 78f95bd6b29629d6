"""Pages of this feature: signing in, the own account, the workspaces' homes, staff pages."""

from shop.accounts.routes import account, admin, audit, homes, members, signing, workplaces
from shop.accounts.routes.base import bp

BLUEPRINTS = (bp,)

__all__ = [
    "BLUEPRINTS",
    "account",
    "admin",
    "audit",
    "homes",
    "members",
    "signing",
    "workplaces",
]
