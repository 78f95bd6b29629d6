"""What others get to know of a lot: trading partners (EPCIS), national portals, inspectors."""
