"""Questions and answers: the answer core, the providers, the runs, and the doors to them."""
