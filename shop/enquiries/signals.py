"""What enquiries tell the features above; receivers get ``(sender, *, db, enquiry)``."""

from typing import Final

from blinker import Signal

enquiry_erased: Final = Signal("what says who asked goes")
