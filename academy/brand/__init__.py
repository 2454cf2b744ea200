"""The brand's appearance: its colour and logo on every page, and the desk where they are chosen."""
