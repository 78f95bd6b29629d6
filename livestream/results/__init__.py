"""What a session brought: figures, goods handed over, money owed, who gets the credit, rankings."""
