"""Rooms on a media server of one's own, Janus, for more people than browsers can serve each other."""
