"""Listings for other marketplaces: readiness, bundles, export history."""
