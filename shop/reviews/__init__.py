"""What buyers say and ask of products, and what anyone reports as a violation."""
