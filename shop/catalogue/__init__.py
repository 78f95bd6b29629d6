"""Producers, products, variants, photos, certificates, the search index, moderation."""
