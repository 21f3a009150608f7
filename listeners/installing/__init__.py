"""The pages by which admins install the app in their workspaces."""
