"""The wiki of a repository: planned from its code graph, stored page by page."""
