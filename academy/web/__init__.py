"""What every page stands on: settings, access, sessions, errors, language, assets."""
