"""The run sheet: who shows what for how long, at which live price, with which words."""
