"""Measures, never tests: each prints its table and, last, one line `key=value …`. Ratios are within one run."""
