"""Every speed claim, measured by one command: ``python -m benchmarks``."""
