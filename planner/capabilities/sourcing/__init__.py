"""Who may or must have which share, and what must be survived."""
