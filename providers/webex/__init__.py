"""Meetings at Webex."""
