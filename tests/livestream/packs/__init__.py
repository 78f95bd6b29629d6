"""Channel packs."""
