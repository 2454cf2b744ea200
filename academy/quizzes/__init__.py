"""Stage quizzes and assessments: draws, attempts, answers."""
