"""Breaks a deployment in every way that fits on one machine, and judges what its users saw."""
