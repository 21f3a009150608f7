"""Meetings in a room that this app serves itself: browsers talk to each other, and the app introduces them."""
