"""Many plans, or one question turned around: vendor mixes side by side, and what a cluster draws with its range."""
