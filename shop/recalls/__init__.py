"""Calling lots back: whom it reaches, telling each once, what became of the goods, drills."""
