"""Text: Markdown, YAML with line numbers, fonts, wording."""
