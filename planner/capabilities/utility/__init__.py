"""What the utility asks of a load."""
