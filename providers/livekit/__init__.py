"""Meetings at a LiveKit server, one's own or LiveKit Cloud, on a web page that takes a token."""
