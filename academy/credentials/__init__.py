"""What somebody has won, for the world outside: Open Badges 3.0 signed by the academy, and pages that she shares."""
