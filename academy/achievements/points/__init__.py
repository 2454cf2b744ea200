"""What facts earn: growth, which is never spent, and feathers, which are."""
