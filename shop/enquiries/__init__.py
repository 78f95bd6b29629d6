"""Asking before buying: visits and other services that travel in no parcel."""
