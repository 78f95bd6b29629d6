"""What the catalogue tells the features above it, in the transaction and session of the change.

Receivers get ``db``, ``product_id`` and ``now`` as keyword arguments, write only to the database,
and are connected with ``weak=False`` in their feature's wiring.
"""

from blinker import Namespace

_signals = Namespace()

product_published = _signals.signal("product-published")
"""Staff approved a product: it is on sale from now."""

product_withdrawn = _signals.signal("product-withdrawn")
"""A published product is no longer for sale: archived, taken down, or its producer suspended."""
