"""Where trainers write courses, see them as learners do, publish them, and look back at what they were."""
