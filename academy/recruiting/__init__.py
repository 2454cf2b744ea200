"""Recruiting groups and their candidates, and those who distribute from outside: both sides choose."""
