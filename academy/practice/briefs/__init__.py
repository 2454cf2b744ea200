"""Briefs: what the brand would like to see published (种草任务), and what came of it."""
