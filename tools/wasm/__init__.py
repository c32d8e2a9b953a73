"""Runs the tests on Python for WebAssembly."""
