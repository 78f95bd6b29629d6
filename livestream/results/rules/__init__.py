"""Results without a database: words, sums, columns, averages."""
