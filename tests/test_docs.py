"""The manual is right: every Python block runs, every block of equations is read and understood."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

import ranvier as rv
from ranvier.compiler.functions import FUNCTIONS
from ranvier.compiler.unsupported import _FEATURES

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "```python" in path.read_text(encoding="utf-8"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
LANGUAGE = (DOCS / "language.md").read_text(encoding="utf-8")


def blocks(text: str, kind: str) -> list[str]:
    """Return the fenced blocks of one kind."""
    return [body for word, body in BLOCK.findall(text) if word == kind]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_python_blocks_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The blocks of a page are one script, as a reader would run them one after another."""
    text = page.read_text(encoding="utf-8")
    if "cache.clear()" in text:
        request.getfixturevalue("fresh_cache")  # the other one is shared by all tests
    lines = [""] * len(text.splitlines())
    for match in BLOCK.finditer(text):
        if match[1] == "python":
            first = text.count("\n", 0, match.start(2))
            body = match[2].splitlines()
            lines[first : first + len(body)] = body
    script = tmp_path / f"{page.stem}.py"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")  # line numbers are those of the page
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script))


@pytest.mark.parametrize("text", blocks(LANGUAGE, "equations"))
def test_blocks_of_equations_are_understood(text: str) -> None:
    if not re.search(r"\bdv/dt\b", text):
        text = f"dv/dt = -v\n{text}"
    neuron = rv.Neuron("", text, spike="v > 1e9")
    assert "v" in neuron.variables
    assert neuron.source()


def test_the_manual_names_every_function() -> None:
    for name in FUNCTIONS:
        assert re.search(rf"\b{name}\b", LANGUAGE), name


def test_what_is_not_there_yet_is_said() -> None:
    """The section names the refusals that a user may meet as a feature of the language."""
    section = LANGUAGE[LANGUAGE.index("## What is read but not executed yet") : LANGUAGE.index("## Errors")]
    for feature in ("point current", "linked"):
        assert (feature in section) == (feature in _FEATURES), feature
