"""EPCIS documents out and in, the minimum data elements of the portals, inspectors' links."""
