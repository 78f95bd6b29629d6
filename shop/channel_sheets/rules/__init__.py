"""What a shop's template says, how it is filled, what a result file tells: without a database."""
