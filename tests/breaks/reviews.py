"""What breaks each invariant of reviews: name -> statements; see tests/breaks."""

BREAKS = {
    "reviews.rating_in_facets_is_the_shown_marks": (
        "INSERT INTO review (id, product_id, rating, state) VALUES (1, {product}, 5, 'shown')",
    ),
    "reviews.one_review_a_line": (
        "INSERT INTO review (id, order_line_id) VALUES (1, {line}), (2, {line})",
    ),
    "reviews.is_of_its_line": (
        "INSERT INTO review (id, order_line_id, product_id) VALUES (1, {line}, 9999)",
    ),
    "reviews.line_was_delivered": ("INSERT INTO review (id, order_line_id) VALUES (1, {line})",),
    "reviews.helpful_count_is_its_votes": ("INSERT INTO review (id, helpful_count) VALUES (1, 3)",),
    "reviews.present_mark_is_the_last_version": ("INSERT INTO review (id, rating) VALUES (1, 4)",),
    "reviews.withdrawn_holds_no_words": (
        "INSERT INTO review (id, state) VALUES (1, 'withdrawn')",
        "INSERT INTO review_words (review_id, text) VALUES (1, 'x')",
    ),
    "reviews.question_is_of_its_producer": (
        "INSERT INTO question (id, product_id, producer_id) VALUES (1, {product}, 9999)",
    ),
    "reviews.one_open_case_a_reporter_and_thing": (
        "INSERT INTO violation_report (id, reporter_key, subject_kind, subject_id, state) "
        "VALUES (1, 'k', 'product', 1, 'open'), (2, 'k', 'product', 1, 'open')",
    ),
    "reviews.case_has_its_words_row": ("INSERT INTO violation_report (id) VALUES (1)",),
}
