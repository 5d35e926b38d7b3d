"""What runs the apps: start, stop, health."""
