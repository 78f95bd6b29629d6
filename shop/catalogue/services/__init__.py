"""Changing the catalogue. Services flush; routes and jobs commit."""

from shop.catalogue.services.certificates import (
    CertificateFacts,
    correct_certificate,
    decide_certificate,
    ending_certificates,
    expire_certificate,
    over_certificates,
    record_certificate,
    remind_of_certificate,
    revoke_certificate,
)
from shop.catalogue.services.facets import (
    add_sold,
    bump_version,
    refresh_facets,
    set_available,
    set_next_session,
    set_rating,
)
from shop.catalogue.services.photos import add_photo, edit_photo, remove_photo
from shop.catalogue.services.producers import (
    decide_producer,
    edit_producer,
    register_producer,
    restore_producer,
    suspend_producer,
)
from shop.catalogue.services.products import (
    archive_product,
    create_product,
    decide_product,
    discard_revision,
    edit_product,
    restore_product,
    submit_product,
    take_down_product,
    withdraw_submission,
)
from shop.catalogue.services.variants import add_variant, edit_variant

__all__ = [
    "CertificateFacts",
    "add_photo",
    "add_sold",
    "add_variant",
    "archive_product",
    "bump_version",
    "correct_certificate",
    "create_product",
    "decide_certificate",
    "decide_producer",
    "decide_product",
    "discard_revision",
    "edit_photo",
    "edit_producer",
    "edit_product",
    "edit_variant",
    "ending_certificates",
    "expire_certificate",
    "over_certificates",
    "record_certificate",
    "refresh_facets",
    "register_producer",
    "remind_of_certificate",
    "remove_photo",
    "restore_producer",
    "restore_product",
    "revoke_certificate",
    "set_available",
    "set_next_session",
    "set_rating",
    "submit_product",
    "suspend_producer",
    "take_down_product",
    "withdraw_submission",
]
