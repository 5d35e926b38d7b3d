"""The endpoints of the chat protocol, for programs and for the page's own script."""
