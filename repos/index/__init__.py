"""The stored index: building, switching, removing."""
