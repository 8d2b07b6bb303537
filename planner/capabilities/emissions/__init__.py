"""Carbon and water."""
