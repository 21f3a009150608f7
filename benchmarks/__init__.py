"""How fast Startcall is, each figure beside a reference that was measured in the same run: `make bench`."""
