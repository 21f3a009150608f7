"""Indexes that hold only the rows that meet a condition, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, literal_column

_CONDITIONS: dict[Index, ColumnElement[bool]] = {}


def partial_index(name: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False) -> None:
    """Add an index to the table of its columns."""
    _CONDITIONS[Index(name, *columns, unique=unique, sqlite_where=where)] = where


def describe_to_postgres() -> None:
    """Say the conditions in PostgreSQL's words, too, for which SQLAlchemy loads all that it knows of PostgreSQL."""
    for index, where in _CONDITIONS.items():
        index.dialect_kwargs["postgresql_where"] = where


def is_one_of(column: Column[Any], states: Iterable[StrEnum]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of some states.

    They are written out, not bound: a database uses a partial index only for a condition it can read.
    """
    return column.in_([literal_column(f"'{state}'") for state in states])
