"""Level B in a bundle: one file per call, and the reasons where a call could not be written."""

from typing import Final

from shop.marketplaces.rules.payloads import Material, PayloadRefused, call_bytes, make_calls

FOLDER: Final = "payload"


def payload_files(material: Material, folder: str) -> tuple[dict[str, bytes], list[str], list[str]]:
    """Files of one listing, what the operator must fill in, and why it could not be written."""
    try:
        calls = make_calls(material)
    except PayloadRefused as refused:
        title = material.listing.title
        return {}, [], [f"{title}: {fault.path} {fault.why}" for fault in refused.faults]
    files = {f"{FOLDER}/{folder}/{call.name}.{call.ending}": call_bytes(call) for call in calls}
    notes = [f"{call.address} ({call.name}.{call.ending})" for call in calls]
    notes += [line for call in calls for line in call.fill_in]
    return files, list(dict.fromkeys(notes)), []
