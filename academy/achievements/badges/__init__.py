"""Badges: the copies of limited ones, what staff gave by hand, and which honours were announced."""
