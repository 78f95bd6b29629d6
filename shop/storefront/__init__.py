"""The public pages that show many features together."""
