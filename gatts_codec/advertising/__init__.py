"""Advertising data, by its structures."""
