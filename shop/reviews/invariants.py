"""What must always hold of reviews, questions and reports: each query returns no row."""

INVARIANTS = {
    "reviews.rating_in_facets_is_the_shown_marks": """
        SELECT f.product_id FROM product_facets f
        LEFT JOIN (
            SELECT product_id, SUM(rating) AS total, COUNT(*) AS number
            FROM review WHERE state = 'shown' GROUP BY product_id
        ) r ON r.product_id = f.product_id
        WHERE f.rating_sum <> COALESCE(r.total, 0) OR f.rating_count <> COALESCE(r.number, 0)
    """,
    "reviews.one_review_a_line": """
        SELECT order_line_id FROM review GROUP BY order_line_id HAVING COUNT(*) > 1
    """,
    "reviews.is_of_its_line": """
        SELECT r.id FROM review r
        JOIN order_line l ON l.id = r.order_line_id
        JOIN shop_order o ON o.id = l.order_id
        WHERE r.product_id <> l.product_id OR r.producer_id <> o.producer_id
           OR COALESCE(r.author_id, 0) <> COALESCE(o.buyer_id, 0)
    """,
    "reviews.line_was_delivered": """
        SELECT r.id FROM review r
        JOIN order_line l ON l.id = r.order_line_id
        WHERE NOT EXISTS (
            SELECT 1 FROM order_event e WHERE e.order_id = l.order_id AND e.kind = 'delivered'
        )
    """,
    "reviews.helpful_count_is_its_votes": """
        SELECT r.id FROM review r
        LEFT JOIN (
            SELECT review_id, COUNT(*) AS votes FROM review_vote GROUP BY review_id
        ) v ON v.review_id = r.id
        WHERE r.helpful_count <> COALESCE(v.votes, 0)
    """,
    "reviews.present_mark_is_the_last_version": """
        SELECT r.id FROM review r
        WHERE r.rating <> COALESCE((
            SELECT e.rating FROM review_edit e WHERE e.review_id = r.id
            ORDER BY e.number DESC LIMIT 1
        ), 0)
    """,
    "reviews.withdrawn_holds_no_words": """
        SELECT r.id FROM review r JOIN review_words w ON w.review_id = r.id
        WHERE r.state = 'withdrawn' AND (w.text <> '' OR w.author_name <> '' OR r.has_photos)
    """,
    "reviews.question_is_of_its_producer": """
        SELECT q.id FROM question q JOIN product p ON p.id = q.product_id
        WHERE q.producer_id <> p.producer_id
    """,
    "reviews.one_open_case_a_reporter_and_thing": """
        SELECT reporter_key, subject_kind, subject_id FROM violation_report WHERE state = 'open'
        GROUP BY reporter_key, subject_kind, subject_id HAVING COUNT(*) > 1
    """,
    "reviews.case_has_its_words_row": """
        SELECT v.id FROM violation_report v
        WHERE NOT EXISTS (SELECT 1 FROM violation_words w WHERE w.report_id = v.id)
    """,
}
