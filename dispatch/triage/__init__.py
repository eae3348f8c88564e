"""Triage of a customer's message: category, sentiment and urgency (docs/rules.md, Triage)."""
