"""What `make` runs: setting up, starting, checking and pinning."""
