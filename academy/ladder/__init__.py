"""The ladder: the brand edits it and sees who would move; a trainee reads where she stands and why."""
