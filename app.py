"""The WSGI application: `flask …` and `granian app:app` find it here."""

from academy import create_app

app = create_app()
