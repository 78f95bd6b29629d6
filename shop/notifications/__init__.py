"""Messages to people: what the outbox holds, by which channel it reaches them."""
