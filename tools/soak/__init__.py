"""Both clients beside hostile chips, in programs that do whatever programs do: ``python -m tools.soak``."""
