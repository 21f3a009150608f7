"""Meetings at Jitsi Meet: the public service, or a server of one's own that says who comes and goes."""
