"""The version, for whoever must not import anything else."""

__version__ = "1.0.0rc1"
