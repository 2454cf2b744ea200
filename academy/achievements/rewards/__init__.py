"""Rewards: what is granted, and the stock of voucher codes that some of them are paid from."""
