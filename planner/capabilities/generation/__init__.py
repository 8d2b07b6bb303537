"""Power sources at sites."""
