"""What every feature stands on. A closed list; imports nothing of ours."""
