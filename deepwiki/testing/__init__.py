"""What tests, checks and measurements share."""
