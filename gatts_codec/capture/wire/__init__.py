"""What crossed the line: bytes, frames, their direction and their time."""
