"""What must always hold in the catalogue; each query returns no row."""

INVARIANTS = {
    "catalogue.listed_is_published_and_verified": (
        "SELECT f.product_id FROM product_facets f "
        "JOIN product p ON p.id = f.product_id JOIN producer m ON m.id = p.producer_id "
        "WHERE f.is_listed AND (p.state <> 'published' OR m.state <> 'verified')"
    ),
    "catalogue.published_has_a_judged_producer": (
        "SELECT p.id FROM product p JOIN producer m ON m.id = p.producer_id "
        "WHERE p.state = 'published' AND m.state NOT IN ('verified', 'suspended')"
    ),
    "catalogue.published_has_a_photo_one_may_use": (
        "SELECT p.id FROM product p WHERE p.state = 'published' AND NOT EXISTS "
        "(SELECT 1 FROM product_photo f WHERE f.product_id = p.id AND f.has_right_to_use)"
    ),
    "catalogue.published_has_facets": (
        "SELECT p.id FROM product p LEFT JOIN product_facets f ON f.product_id = p.id "
        "WHERE p.state = 'published' AND f.product_id IS NULL"
    ),
    "catalogue.stars_have_their_record": (
        "SELECT f.product_id FROM product_facets f WHERE f.stars IS NOT NULL "
        "AND f.stars_until >= CURRENT_DATE AND NOT EXISTS "
        "(SELECT 1 FROM certificate c WHERE c.product_id = f.product_id AND c.kind = 'ocop' "
        "AND c.state = 'verified' AND c.stars = f.stars AND c.expires_on >= f.stars_until)"
    ),
    "catalogue.stars_have_their_end": (
        "SELECT product_id FROM product_facets WHERE (stars IS NULL) <> (stars_until IS NULL)"
    ),
    "catalogue.facets_agree_with_product": (
        "SELECT f.product_id FROM product_facets f JOIN product p ON p.id = f.product_id "
        "WHERE f.name <> p.name OR f.slug <> p.slug OR f.subgroup <> p.subgroup"
    ),
    "catalogue.prices_agree_with_variants": (
        "SELECT f.product_id FROM product_facets f WHERE f.is_listed AND (f.price_min_vnd <> "
        "(SELECT min(v.price_vnd) FROM variant v WHERE v.product_id = f.product_id AND v.is_active)"
        " OR f.price_max_vnd <> (SELECT max(v.price_vnd) FROM variant v "
        "WHERE v.product_id = f.product_id AND v.is_active))"
    ),
    "catalogue.variant_belongs_to_its_producer": (
        "SELECT v.id FROM variant v JOIN product p ON p.id = v.product_id "
        "WHERE v.producer_id <> p.producer_id"
    ),
    "catalogue.certificate_belongs_to_its_producer": (
        "SELECT c.id FROM certificate c JOIN product p ON p.id = c.product_id "
        "WHERE c.producer_id <> p.producer_id"
    ),
    "catalogue.ocop_record_names_product_and_stars": (
        "SELECT id FROM certificate WHERE kind = 'ocop' AND (product_id IS NULL OR stars IS NULL)"
    ),
    "catalogue.verified_paper_has_its_judge": (
        "SELECT id FROM certificate WHERE state = 'verified' AND verified_at IS NULL"
    ),
    "catalogue.open_revision_is_of_a_published_product": (
        "SELECT r.id FROM product_revision r JOIN product p ON p.id = r.product_id "
        "WHERE r.state IN ('draft', 'submitted') AND p.state <> 'published'"
    ),
}
