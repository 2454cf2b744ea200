"""Practice: hand-ins of text and pictures, and the trainer who accepts or returns them."""
