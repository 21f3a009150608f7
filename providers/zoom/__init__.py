"""Meetings at Zoom."""
