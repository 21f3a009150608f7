"""The page of the local Slack: what people click on, drawn on the server, no build step."""
