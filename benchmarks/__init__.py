"""Benchmarks of the performance budgets, one module each: ``python -m benchmarks``."""
