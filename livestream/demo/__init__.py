"""Demo clubs, hosts, channels and sessions around today."""
