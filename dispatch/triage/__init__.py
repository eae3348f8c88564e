"""Triage: what a customer's free text is about, how it is meant, and how urgent it is (mission.md C1, C2)."""
