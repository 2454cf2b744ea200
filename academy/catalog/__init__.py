"""Authored content: documents in append-only releases, and the courses that they hold."""
