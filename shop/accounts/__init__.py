"""People, sign-in, memberships, staff scope, API tokens, the audit log."""
