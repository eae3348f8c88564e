"""Rows that a file says differently: what they were when imported, whose the change is, and applying it."""
