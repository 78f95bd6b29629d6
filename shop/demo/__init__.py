"""Real OCOP products as demo data, with illustrative figures marked as such."""
