"""Getting a time: slot templates and series, the waiting list, requests, swaps, month and grid."""
