"""The tools that a model may call while it answers: reading one commit of a repository."""
