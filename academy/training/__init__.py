"""The training script (培训文案), the live sessions that are led with it, and who was there."""
