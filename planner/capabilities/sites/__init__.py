"""Sites: power, critical IT, cooling and space."""
