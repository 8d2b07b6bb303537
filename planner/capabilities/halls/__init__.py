"""Halls: built whole, at a cost."""
