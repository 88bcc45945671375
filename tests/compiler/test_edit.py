"""Renaming on the syntax tree, over every published text: there and back again is where it started."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranvier.compiler import RanvierError, Source, SyntaxTree, parse
from ranvier.compiler.edit import defined_name, names_used, renaming, spliced, statements
from ranvier.compiler.tree import canonical

CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*.json"))
FRESH = "brand_new_name"


def texts_in(data: object) -> Iterator[str]:
    """Yield every string of a JSON value."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, (dict, list)):
        for item in data.values() if isinstance(data, dict) else data:
            yield from texts_in(item)


def corpus() -> list[SyntaxTree]:
    trees = []
    texts = {text for path in CORPUS for text in texts_in(json.loads(path.read_text(encoding="utf-8")))}
    for text in sorted(t for t in texts if "=" in t):
        try:
            trees.append(parse("synapse", "M", (Source("equations", text),)))
        except RanvierError:
            continue
    return trees


def renamed(tree: SyntaxTree, old: str, new: str) -> SyntaxTree:
    sources = tuple(part.source for part in tree.parts)
    return parse(tree.kind, tree.name, spliced(sources, renaming(tree, old, new)))


def test_there_and_back() -> None:
    count = 0
    for tree in corpus():
        names = {defined_name(place.statement) for place in statements(tree, ("equations",))} - {""}
        for name in sorted(names):
            there = renamed(tree, name, FRESH)
            assert name not in names_used(there), (name, tree.parts[0].source.text)
            back = renamed(there, FRESH, name)
            assert canonical(back) == canonical(tree)
            assert back.parts[0].source.text == tree.parts[0].source.text
            count += 1
    assert count > 1000


@pytest.mark.parametrize(
    ("text", "old", "expected"),
    [
        ("tau*dv/dt + v = sum(v) : min=v", "v", "tau*dn/dt + n = sum(n) : min=n"),
        ("d v/dt = 1", "v", None),
        ("dv / dt = -v # v", "v", "dn / dt = -n # v"),
        ("f(v) = v + x\nv = f(v)", "v", "f(v) = v + x\nn = f(n)"),
        ("x = v_pre + pre.v + post.v + v", "v", "x = v_pre + pre.v + post.v + n"),
        ("v : volt (init=v_0)\nw = volt*v", "v", "n : volt (init=v_0)\nw = volt*n"),
        ("g_exc : 1\nx = sum(exc)", "g_exc", "n : 1\nx = sum(n)"),
    ],
)
def test_where_a_name_stands(text: str, old: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(RanvierError):
            parse("synapse", "M", (Source("equations", text),))
        return
    tree = parse("synapse", "M", (Source("equations", text),))
    sources = tuple(part.source for part in tree.parts)
    assert spliced(sources, renaming(tree, old, "n"))[0].text == expected
