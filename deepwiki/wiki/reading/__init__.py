"""What the pages of a wiki say now: in which order, in which version, as HTML."""
