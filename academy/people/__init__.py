"""Accounts, roles and cohorts: who somebody is and whom she may see."""
