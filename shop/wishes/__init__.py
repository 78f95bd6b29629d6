"""What buyers keep an eye on: wish lists, and "tell me when it is back"."""
