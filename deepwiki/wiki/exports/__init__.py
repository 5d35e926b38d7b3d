"""A wiki as files: Markdown, one HTML file, JSON, and the texts that programs look for."""
