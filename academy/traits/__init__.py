"""Traits: the channels, tags and attributes that the brand notes of a trainee, typed or from its CRM."""
