"""The receipt of an order: what was bought and what was paid, as a PDF to keep or print."""
