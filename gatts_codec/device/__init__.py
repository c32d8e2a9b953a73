"""A connectivity chip in software: develop and test a host without hardware. See docs/virtual-chip.md."""
