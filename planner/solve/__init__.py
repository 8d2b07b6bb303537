"""Asking a solver: a worker process, typed outcomes, objectives in order, and which limits conflict when there is no plan."""
