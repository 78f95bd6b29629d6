"""Tests of what sessions brought."""
