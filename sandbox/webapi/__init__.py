"""The local Slack's Web API: `POST` and `GET /api/{method}`."""
