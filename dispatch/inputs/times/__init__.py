"""Moments, days, delays and hours as people type them."""
