"""Discussion (讨论): questions and answers under a lesson, and the trainer who lets them through."""
