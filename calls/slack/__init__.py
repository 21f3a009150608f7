"""Talk to Slack's Web API: the only package that does.

`web` sends and tells every outcome apart, `codes` is the table of Slack's error codes, and `calls_api`,
`messages_api`, `views_api` and `auth_api` hold one class each with Slack's methods as typed Python methods.
"""
