"""What partners, portals and inspectors get."""
