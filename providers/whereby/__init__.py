"""Whereby: a room for each call, links that name their person, and reports of who comes and goes."""
