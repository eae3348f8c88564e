"""Triage: subject, sentiment and urgency of a customer's message (docs/rules.md, Triage)."""
