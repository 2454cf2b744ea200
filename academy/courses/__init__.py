"""The map, the lessons, and the first lesson before signing up."""
