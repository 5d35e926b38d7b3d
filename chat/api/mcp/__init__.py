"""The Model Context Protocol: tools and wiki pages for agents and editors, over HTTP and stdio."""
