"""Packs: how content travels, as a folder that a person can read and diff."""
