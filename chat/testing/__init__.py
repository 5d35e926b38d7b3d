"""Working stand-ins for what is outside: servers on loopback that speak the providers' own wire formats."""
