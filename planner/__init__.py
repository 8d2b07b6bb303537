"""Capacity planning for AI clusters: what to buy, where and when, with a proven gap and every figure sourced."""
