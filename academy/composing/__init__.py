"""Criteria put together by clicking: for the ladder, for badges, for whatever is won by one."""
