"""Meetings at a BigBlueButton server of one's own, or at a load balancer that speaks its API."""
