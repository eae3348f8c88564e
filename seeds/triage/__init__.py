"""The labelled messages that triage learns from, all written for Astra, and the learning itself."""
