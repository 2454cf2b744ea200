"""One's own account: sign up, sign in, password, language, theme, name."""
