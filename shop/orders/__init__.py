"""The life of an order: lines, states, shipments, packing, timeline."""
