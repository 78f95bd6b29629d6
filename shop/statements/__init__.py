"""Bank statements: a bank's list of transfers as a file, read into the payment ledger."""
