"""Side-by-side measurements of the budgets in the design, each of them a module: ``python -m benchmarks``."""
