"""Pages on which the code of a repository is read, below `/r/<id>/code/`."""
