"""The pages people come to when they join a call."""
