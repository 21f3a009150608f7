"""Meetings at Microsoft Teams, made by Microsoft Graph in the name of people of one organization."""
