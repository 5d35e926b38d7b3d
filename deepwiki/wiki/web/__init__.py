"""The pages on which a wiki is read, and what its managers do there."""
