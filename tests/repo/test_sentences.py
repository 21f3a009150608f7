"""No sentence for people is written where it could be said in English only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from calls.words.room import room_words

ROOT = Path(__file__).parent.parent.parent
SAID_BY = {"_", "n_"}

PUT_TOGETHER = ("calls/words/errors.py", "calls/words/install_errors.py", "calls/words/setup_errors.py")
"""Tables whose sentences are put together from parts; `calls.words.errors.templates_said` names them to translators."""

FOR_MACHINES_AND_OPERATORS = (
    "calls/measuring.py",  # what metrics mean, as Prometheus shows it
    "listeners/metrics.py",  # same
    "listeners/hooks.py",  # answers to meeting systems
    "listeners/http.py",  # answers to whoever is not Slack
    "calls/own_room.py",  # what `doctor` says of it
    "calls/words/keeping.py",  # what the command line says
    "calls/words/moving.py",  # same
)

SHOWN_UNDER = {"text", "title", "label", "placeholder", "hint", "description", "submit", "close", "confirm", "deny"}
"""Keys of Block Kit whose values people read."""

SHOWING = {"_plain", "plain", "_mrkdwn", "_context", "_button", "_input", "button", "PageWords", "Notice"}
"""Functions whose arguments people read; short words in lower case are ids."""

LOOKED_UP = ("calls/words/language.py", "calls/words/errors.py")
"""Where what is said is looked up in a table of sentences, or handed on."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

_TWO_WORDS = re.compile(r"[^\W\d_]{2,}[,;:]? +[^\W\d_]{2,}")
_SENTENCE = re.compile(r"^\W*[A-Z][\w’'.-]*[,;:]? +\S*[^\W\d_]{2,}")
_ID = re.compile(r"[a-z][a-z0-9_.]*|https://\S+")
_LETTER = re.compile(r"[^\W\d_]{2,}")


def sources(*folders: str) -> list[Path]:
    """Return the files of some packages."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file as syntax, in which every node knows its parent."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            child.parent = parent  # type: ignore[attr-defined]
    return tree


def above(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node is in, from the inside out."""
    while (parent := getattr(node, "parent", None)) is not None:
        yield parent
        node = parent


def called(node: ast.AST) -> str:
    """Return the name of what is called; nothing when it is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def texts(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield every text of a file that is no docstring and not said by `_` or `n_`; what an f-string fills in is `…`."""
    for node in ast.walk(tree):
        within = list(above(node))
        if any(called(one) in SAID_BY or isinstance(one, ast.JoinedStr) for one in within):
            continue
        if isinstance(node, ast.JoinedStr):
            yield node, "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not isinstance(within[0], ast.Expr):
            yield node, node.value


def is_for_the_log(node: ast.AST) -> bool:
    """Say whether a text goes into the log, or into an error's name and detail."""
    for one in above(node):
        if isinstance(one, ast.Raise | ast.Assert):
            return True
        if isinstance(one, ast.Call) and ast.unparse(one.func).startswith(("_log.", "re.", "super().__init__")):
            return True
    return False


def is_an_example(path: Path, node: ast.AST) -> bool:
    """Say whether a text is what can be typed as it is printed; what it does stands beside it."""
    pair = next(above(node))
    return path.name == "usage.py" and isinstance(pair, ast.Tuple) and pair.elts[0] is node


def named(path: Path, node: ast.AST, text: str) -> str:
    """Return where a text is, and how it reads."""
    return f"{path.relative_to(ROOT)}:{node.lineno}: {text}"  # type: ignore[attr-defined]


def is_shown(node: ast.AST) -> bool:
    """Say whether a text is what people read in a block: a value under one of its keys, or given to what makes one."""
    within = [node, *above(node)]
    for inner, outer in pairwise(within):
        if isinstance(outer, ast.Dict) and inner in outer.values:
            key = outer.keys[outer.values.index(inner)]
            return isinstance(key, ast.Constant) and key.value in SHOWN_UNDER
        if called(outer) in SHOWING:
            return True
        if isinstance(outer, ast.stmt):
            return False
    return False


def test_everything_in_the_words_can_be_translated() -> None:
    """Each text of two words or more goes through `_` or `n_`; only what is typed stays as it is."""
    found = [
        named(path, node, text)
        for path in sources("calls/words")
        if path.relative_to(ROOT).as_posix() not in (*PUT_TOGETHER, *FOR_MACHINES_AND_OPERATORS)
        for node, text in texts(tree_of(path))
        if _TWO_WORDS.search(text) and not text.startswith("/startcall") and not is_an_example(path, node)
    ]
    assert [] == found


def test_everything_blocks_show_can_be_translated() -> None:
    """Also a label of one word."""
    found = [
        named(path, node, text)
        for path in sources("calls", "listeners")
        for node, text in texts(tree_of(path))
        if is_shown(node) and _LETTER.search(text.replace("Startcall", "")) and not _ID.fullmatch(text)
    ]
    assert [] == found


def test_no_sentence_stands_outside_the_words_untranslated() -> None:
    """What begins with a capital letter and goes on is a sentence, unless it is for the log."""
    found = [
        named(path, node, text)
        for path in sources("calls", "listeners")
        if path.relative_to(ROOT).as_posix() not in (*PUT_TOGETHER, *FOR_MACHINES_AND_OPERATORS)
        for node, text in texts(tree_of(path))
        if _SENTENCE.search(text) and not is_for_the_log(node) and not is_an_example(path, node)
    ]
    assert [] == found


def test_what_meeting_systems_say_on_cards_can_be_translated() -> None:
    """A provider's notice is said when it is asked for, and so in the card's language."""
    found = [
        named(path, node, text)
        for path in sources("providers")
        for node, text in texts(tree_of(path))
        if _LETTER.search(text)
        and any(isinstance(one, ast.FunctionDef) and one.name == "notice" for one in above(node))
    ]
    assert [] == found


def test_only_written_out_texts_are_translated() -> None:
    """An f-string, or a name for a text, cannot be gathered; values are filled in afterwards by `format`."""
    found = [
        named(path, argument, ast.unparse(argument))
        for path in sources("calls", "listeners", "providers")
        if path.relative_to(ROOT).as_posix() not in LOOKED_UP
        for node in ast.walk(tree_of(path))
        if called(node) in SAID_BY and isinstance(node, ast.Call)
        for argument in node.args[: 1 if called(node) == "_" else 2]
        if not isinstance(argument, ast.Constant)
    ]
    assert [] == found


def test_nothing_is_said_before_somebody_is_spoken_to() -> None:
    """A sentence made when a module is loaded would be English for everybody."""
    found = [
        named(path, node, ast.unparse(node))
        for path in sources("calls", "listeners", "providers")
        for node in ast.walk(tree_of(path))
        if called(node) in SAID_BY and not any(isinstance(one, FUNCTIONS) for one in above(node))
    ]
    assert [] == found


def test_templates_hold_no_words_of_their_own() -> None:
    """Pages are filled in; only the app's name stands in them, and what keys are called."""
    found = {}
    for path in [*(ROOT / "listeners").rglob("*.html"), *(ROOT / "providers").rglob("*.html")]:
        source = re.sub(r"\{[{%].*?[%}]\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        spoken = " ".join(re.findall(r'(?:alt|title|placeholder|aria-label)="([^"]*)"', source))
        shown = re.sub(r"<[^>]*>", " ", source) + spoken
        found[path.name] = _LETTER.findall(shown.replace("Startcall", ""))
    assert {} == {name: words for name, words in found.items() if words}


def test_scripts_of_pages_hold_no_words_of_their_own() -> None:
    """They take sentences by name from `calls.words.room`; what goes to the browser's own log stays English."""
    found = [
        f"{path.name}: {text}"
        for path in sorted((ROOT / "providers" / "room_page" / "assets").glob("*.js"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if not re.search(r"^\s*//|console\.|new Error\(", line)
        for text in re.findall(r"""["`]([^"`]*)["`]""", line)
        if _SENTENCE.search(text) and "Startcall" not in text
    ]
    assert [] == found


def test_the_room_page_has_every_sentence_it_asks_for_and_no_other() -> None:
    """A name that is asked for and not there would be a page that stops."""
    folder = ROOT / "providers" / "room_page"
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in (folder / "assets").glob("*.js"))
    page = (folder / "room.html").read_text(encoding="utf-8")
    asked = set(re.findall(r"words\.([a-z_]+)", page))
    for inside in re.findall(r"\bwords\(((?:[^()]|\([^()]*\))*)\)", scripts):
        asked |= set(re.findall(r'"([a-z_]+)"', inside))
    asked |= set(re.findall(r'= kind === "audio" \? "([a-z_]+)"', scripts))
    asked |= set(re.findall(r'= kind === "audio" \? "[a-z_]+" : "([a-z_]+)"', scripts))
    occasions = re.search(r"const BUTTON_OF = \{(.*?)\};", scripts, re.DOTALL)
    assert occasions is not None
    for occasion, button in re.findall(r'(\w+): (?:null|"(\w+)")', occasions[1]):
        asked |= {occasion, f"{occasion}_text", button}
    for ending in re.findall(r"words\(`\$\{kind\}_([a-z_]+)`\)", scripts):
        asked |= {f"{kind}_{ending}" for kind in ("audio", "video")} | {
            f"both_{ending}" for _ in "b" if ending != "lost"
        }
    asked -= {"", "opening_text", "audio"}
    assert set(room_words()) == asked
