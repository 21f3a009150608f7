"""Write the table of docs/local-slack.md: every Web API method that the local Slack has, read from its code.

Arguments, scopes and errors are those that the handler of a method, and whatever it calls, names; of the words that
could be arguments only those that slack_sdk takes for the method count.
Run `python -m scripts.sandbox_table` after a change to a method; a test compares.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from slack_sdk import WebClient

from sandbox.webapi import families
from sandbox.webapi.registry import Method, built_methods, known_methods
from scripts.page_table import as_table, renew_table

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "local-slack.md"

_REFUSES_ARGUMENTS = {"invalid_argument", "invalid_arguments", "needed", "flag", "integer"}

_SAYS_NO = {"SlackError", "MessageError", "ViewError", "_soft_error"}
_PASSED_ON = ("not_found", "cant_", "invalid_")
"""How a code begins or ends that one function hands to another to answer with."""

_ANY = "invalid_arguments"


@dataclass(slots=True)
class Named:
    """What the code behind a method names.

    Args:
        words: whatever is handed from one function to another, arguments among it.
    """

    words: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)


def render() -> str:
    """Return the table, and how many methods it is of how many."""
    families.load()
    built = built_methods()
    head = ["method", "arguments", "scopes (any one)", "token", "limit", "errors from state"]
    table = as_table(head, (_row(built[name]) for name in sorted(built)))
    return f"{len(built)} of the {len(known_methods())} methods that slack_sdk knows are built.\n\n{table}"


def _row(method: Method) -> list[str]:
    named = behind(method)
    required = known_methods().get(method.name, ())
    optional = sorted((named.words & _parameters(method.name)) - set(required))
    arguments = [f"**{name}**" for name in required] + optional
    limit = f"tier {method.tier}" if method.tier else "special"
    return [
        f"`{method.name}`",
        ", ".join(arguments) or "–",
        ", ".join(f"`{scope}`" for scope in method.scopes) or "–",
        method.caller,
        limit,
        ", ".join(f"`{code}`" for code in sorted(named.errors)) or "–",
    ]


def behind(method: Method) -> Named:
    """Return what the handler of a method, and everything of the sandbox that it calls, names."""
    named = Named()
    todo = [method.handler] if isinstance(method.handler, FunctionType) else []
    seen: set[FunctionType] = set()
    while todo:
        function = todo.pop()
        if function in seen:
            continue
        seen.add(function)
        _note(function, named)
        todo += _called(function)
    if method.scopes:
        named.errors.add("missing_scope")
    if known_methods().get(method.name):
        named.errors.add(_ANY)
    return named


def _called(function: FunctionType) -> Iterator[FunctionType]:
    """Find the functions of the Web API and of messages and views that a function's code refers to."""
    names = set(_names(function.__code__))
    modules = [one for name in names if isinstance(one := function.__globals__.get(name), ModuleType)]
    found = [function.__globals__.get(name) for name in names]
    found += [getattr(module, name, None) for module in modules for name in names]
    for one in found:
        if isinstance(one, FunctionType) and one.__module__.startswith("sandbox."):
            yield one


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _note(function: FunctionType, named: Named) -> None:
    """Add what one function names."""
    defaults = function.__defaults__ or ()
    named.words.update(word for word in defaults if isinstance(word, str))
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.Tuple):
            named.words.update(_words(node.elts))
        if isinstance(node, ast.Return) and function.__name__ == "_problem":
            named.errors.update(_words(ast.walk(node)))
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = _words(_handed_over(node))
        named.words.update(words)
        if called in _SAYS_NO:
            named.errors.update(words or _looked_up(function, node))
        elif called in _REFUSES_ARGUMENTS:
            named.errors.add(_ANY)
        else:
            named.errors.update(word for word in words if word.startswith(_PASSED_ON))


def _words(nodes: Iterable[ast.AST]) -> list[str]:
    """Return the constants among some nodes that could be names or codes."""
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [value for value in values if isinstance(value, str) and value.isidentifier()]


def _looked_up(function: FunctionType, call: ast.Call) -> Iterator[str]:
    """Return the codes of a table at the top of a module that an error takes its code from."""
    for argument in call.args[:1]:
        if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
            table = function.__globals__.get(argument.value.id)
            yield from (str(code) for code in table.values()) if isinstance(table, dict) else ()


def _parameters(name: str) -> set[str]:
    """Return what slack_sdk takes for a method; arguments that are the same for all methods are left out."""
    taken = set(inspect.signature(getattr(WebClient, name.replace(".", "_"))).parameters)
    return taken - {"self", "kwargs", "token", "team_id"}


def _handed_over(call: ast.Call) -> list[ast.expr]:
    """Return the arguments of a call, of a choice between two both."""
    chosen = [[one.body, one.orelse] if isinstance(one, ast.IfExp) else [one] for one in call.args]
    return [one for both in chosen for one in both]


@functools.cache
def _tree(function: FunctionType) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


if __name__ == "__main__":
    renew_table(TARGET, render())
