"""Builds the page that reads logs in the browser."""
