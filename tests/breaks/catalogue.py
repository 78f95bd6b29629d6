"""What breaks each invariant of catalogue: name -> statements; see tests/breaks."""

BREAKS = {
    "catalogue.listed_is_published_and_verified": ("UPDATE product SET state = 'archived'",),
    "catalogue.published_has_a_judged_producer": ("UPDATE producer SET state = 'draft'",),
    "catalogue.published_has_a_photo_one_may_use": ("DELETE FROM product_photo",),
    "catalogue.published_has_facets": ("DELETE FROM product_facets",),
    "catalogue.stars_have_their_record": (
        "UPDATE product_facets SET stars = 5, stars_until = '2999-01-01'",
    ),
    "catalogue.stars_have_their_end": ("UPDATE product_facets SET stars = 4, stars_until = NULL",),
    "catalogue.facets_agree_with_product": ("UPDATE product_facets SET name = 'x'",),
    "catalogue.prices_agree_with_variants": ("UPDATE product_facets SET price_min_vnd = 1",),
    "catalogue.variant_belongs_to_its_producer": ("UPDATE variant SET producer_id = 9999",),
    "catalogue.certificate_belongs_to_its_producer": ("UPDATE certificate SET producer_id = 9999",),
    "catalogue.ocop_record_names_product_and_stars": ("UPDATE certificate SET stars = NULL",),
    "catalogue.verified_paper_has_its_judge": ("UPDATE certificate SET verified_at = NULL",),
    "catalogue.open_revision_is_of_a_published_product": (
        "UPDATE product SET state = 'archived'",
        "INSERT INTO product_revision (id, product_id, state) VALUES (1, {product}, 'draft')",
    ),
}
