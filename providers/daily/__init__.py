"""Daily.co: private rooms, a token for each person, and reports of who is in."""
