"""Measures how fast things are, on this machine and with its load."""
