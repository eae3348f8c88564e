"""Training of triage: labelled messages, all written for Astra, and the training code."""
