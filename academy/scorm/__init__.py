"""Packages (SCORM 1.2): taken in, played on an origin of their own, and what came of it."""
