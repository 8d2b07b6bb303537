"""Existing fleet and machines that leave."""
