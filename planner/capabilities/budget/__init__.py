"""Ceilings on money."""
