"""What the marketplaces feature decides, as plain functions over plain values."""
