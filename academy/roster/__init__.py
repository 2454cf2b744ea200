"""The trainer's desk: her cohorts, their trainees' gaps, reset codes."""
