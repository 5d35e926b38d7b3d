"""Questions and answers: the answer core, the providers, the runs, and the endpoints to them."""
