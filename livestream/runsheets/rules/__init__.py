"""Plain decisions of run sheets: the order of things, what may be said, words to reconsider."""
