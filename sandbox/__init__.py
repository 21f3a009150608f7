"""A local Slack: Web API, Socket Mode, signed HTTP and a page to click on. It knows nothing of the app in it."""
