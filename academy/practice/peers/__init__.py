"""Reviews among fellow students (同伴互评): they help, and decide nothing."""
