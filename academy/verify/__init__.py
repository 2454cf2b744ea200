"""The public page where anybody checks a certificate."""
