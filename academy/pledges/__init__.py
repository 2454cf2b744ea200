"""The pledge (承诺书)."""
