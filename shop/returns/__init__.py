"""Returns: what a buyer asks about goods that came, what the producer answers, how it ends."""
