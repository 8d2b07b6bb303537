"""Layers of the electrical and cooling plant."""
