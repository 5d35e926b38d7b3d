"""Pages of a wiki in other languages than the one they were written in."""
