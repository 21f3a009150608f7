"""From Slack to the app: Socket Mode, signed HTTP, and what is sent back at a response_url."""
