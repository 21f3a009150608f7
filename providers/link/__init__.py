"""Meetings that are only a web address: the app fills in a template and never talks to the meeting system."""
