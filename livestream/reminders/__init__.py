"""Reminders before a session, "nhắc tôi" of buyers, and each person's own calendar."""
