"""Tax figures: dated rates that staff keep, and what they make of each producer's money."""
