"""Keeps calls: SQLite in one process."""
