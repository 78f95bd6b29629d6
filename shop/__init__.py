"""The shop: what is made, shown, traced, sold and listed elsewhere."""
