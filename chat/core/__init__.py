"""The answer core: what a request is, what an answer consists of, and how one becomes the other. No framework, no I/O."""
