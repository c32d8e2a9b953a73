"""Readers, one file a format. Each yields entries (chunks.py) from a binary stream and a name for its errors."""
