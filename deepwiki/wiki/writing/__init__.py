"""Pages of a wiki that a language model writes: its calls, what it is given, what it returns."""
