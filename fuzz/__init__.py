"""Fuzz harnesses: any bytes give a message or a GattsError, in bounded time and memory, in whatever pieces they come.

A harness is a module with ``seeds()``, inputs worth starting from, and ``check(data)``, which raises AssertionError
where a promise is broken. ``python -m fuzz --help`` runs them; README.md says what was run.
"""

HARNESSES = ("codec", "messages", "framing", "link", "readers", "tools", "chip")
