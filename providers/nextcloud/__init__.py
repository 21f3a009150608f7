"""Nextcloud Talk: a conversation that guests may join, at a Nextcloud of one's own."""
