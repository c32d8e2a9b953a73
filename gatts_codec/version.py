"""The version, for modules that must not import anything else."""

__version__ = "1.0.0rc1"
