"""PostgreSQL as a desk's engine."""
