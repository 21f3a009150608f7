"""Write docs/errors.md: every error code, whether it is retried, and the sentence people read.

Run `python -m scripts.error_table` after a change to the errors or their sentences; a test compares.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from calls.errors import CallsError
from calls.slack.codes import CLASS_OF_CODE, CLASS_OF_OUR_CODE
from calls.words.errors import SENTENCES, template_for

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "errors.md"

_PACKAGES = ("calls", "listeners", "providers", "storage")

_INTRODUCTION = """\
# Errors

Every error has a class and a code. The class says whether Startcall tries again; the sentence is what people read.
Codes in the log read `method: code (detail)`. Classes are described in `calls/errors.py`.

- **Final**: trying the same again gives the same answer. The person concerned is told once, in words.
- **Retried**: Startcall tries again by itself, and tells the person only when it has given up.

Words in braces stand for what an error brings along, such as `{wait}` for a length of time. The row *any other* holds
for the codes of a class that have no row. A code of Slack's that is not listed here is a final `SlackRefused`, and the
log says that it is not known.

This page is written by `python -m scripts.error_table`; a change made by hand does not last.
"""

_FILLED = {name: f"{{{name}}}" for name in ("reason", "detail", "provider", "wait", "needed")}


def render() -> str:
    """Return the whole page."""
    codes = _codes_by_class()
    return _INTRODUCTION + "".join(_section(error_class, sorted(codes[error_class])) for error_class in SENTENCES)


def raised_codes() -> Iterator[tuple[type[CallsError], str]]:
    """Yield the class and code of every error that the app makes with a code written out."""
    by_name = {error_class.__name__: error_class for error_class in SENTENCES}
    sources = [*ROOT.glob("*.py"), *(path for package in _PACKAGES for path in (ROOT / package).rglob("*.py"))]
    for path in sources:
        for name, code in _made_errors(ast.parse(path.read_text(encoding="utf-8"))):
            if name in by_name:
                yield by_name[name], code


def _made_errors(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each call in a source whose first argument is a text, as the called name and that text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, str(node.args[0].value)


def _codes_by_class() -> dict[type[CallsError], set[str]]:
    codes: dict[type[CallsError], set[str]] = defaultdict(set)
    for error_class, sentences in SENTENCES.items():
        codes[error_class] |= sentences.keys() - {""}
    for code, slack_class in (CLASS_OF_CODE | CLASS_OF_OUR_CODE).items():
        codes[slack_class].add(code)
    for error_class, code in raised_codes():
        codes[error_class].add(code)
    return codes


def _section(error_class: type[CallsError], codes: Iterable[str]) -> str:
    rows = [_row(f"`{code}`", template_for(error_class, code)) for code in codes]
    rows.append(_row("*any other*" if rows else "*any*", template_for(error_class, "")))
    kind = "Retried" if error_class.retryable else "Final"
    description = (error_class.__doc__ or "").partition("\n")[0]
    head = "| code | what people read |\n| --- | --- |\n"
    return f"\n## {error_class.__name__}\n\n{kind}. {description}\n\n{head}{''.join(rows)}"


def _row(code: str, template: str) -> str:
    return f"| {code} | {template.format_map(_FILLED)} |\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
