"""Meetings at Google Meet, made in the name of people of a Google Workspace."""
