"""What the sheets decide, as plain functions over plain values."""
