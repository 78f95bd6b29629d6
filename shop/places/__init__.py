"""The 34 provinces and 3,321 communes in force since 2025-07-01, and old names that lead there."""
