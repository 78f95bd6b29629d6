"""Products on their way: to an OCOP recognition, a GTIN, a traceability registration."""
