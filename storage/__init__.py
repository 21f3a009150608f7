"""Keeps calls: in a SQLite file for one process, or in PostgreSQL for any number of them."""
