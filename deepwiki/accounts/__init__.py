"""People and the tokens their programs use."""
