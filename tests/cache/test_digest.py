"""Keys: different values, different keys; the same value, the same key in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.compiler.digest import canonical, digest, model_key, source_files, sources_digest
from ranvier.compiler.options import CompileOptions

OPTIONS = CompileOptions()

ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
VALUES = st.recursive(ATOMS, lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner), max_leaves=8)


def shape(value: object) -> object:
    """A form in which 1, 1.0, True and "1" are not equal."""
    match value:
        case tuple():
            return ("tuple", tuple(map(shape, value)))
        case dict():
            return ("dict", frozenset((key, shape(item)) for key, item in value.items()))
        case float():
            return ("float", value.hex())
        case _:
            return (type(value).__name__, value)


@given(VALUES, VALUES)
def test_equal_encodings_are_equal_values(a: object, b: object) -> None:
    assert (canonical(a) == canonical(b)) == (shape(a) == shape(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0), (1, True), (0, None), ("1", 1), ("a", b"a"), (0.0, -0.0), ((), ((),)), (frozenset("a"), ("a",)),
        (("ab",), ("a", "b")), (("a", ""), ("", "a")), ({"a": 1}, {"a": 2}), (OPTIONS, CompileOptions(fast=True)),
    ],
)  # fmt: skip
def test_what_looks_alike_is_not(a: object, b: object) -> None:
    assert canonical(a) != canonical(b)
    assert digest(a) != digest(b)


def test_order_counts_only_where_there_is_one() -> None:
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    assert canonical(frozenset("abc")) == canonical(frozenset("cba"))
    assert canonical([1, 2]) == canonical((1, 2)) != canonical((2, 1))


def test_what_has_no_fixed_text_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no canonical form"):
        canonical((1, object()))
    with pytest.raises(TypeError):
        canonical(CompileOptions)


def test_dataclasses_differ_by_name_and_fields() -> None:
    @dataclass(frozen=True)
    class A:
        x: int

    @dataclass(frozen=True)
    class B:
        x: int

    assert len({canonical(v) for v in (A(1), A(2), B(1))}) == 3


def test_model_key_depends_on_each_input() -> None:
    keys = [
        model_key("tree", OPTIONS),
        model_key("tree ", OPTIONS),
        model_key("tree", CompileOptions(precision="single")),
        model_key("tree", OPTIONS, ("psp",)),
        model_key("tree", OPTIONS, ("psp", 1)),
    ]
    assert len(set(keys)) == len(keys)
    assert model_key("tree", OPTIONS) == keys[0]


def test_key_is_the_same_under_every_hash_seed() -> None:
    code = (
        "from ranvier.compiler.digest import model_key; from ranvier.compiler.options import CompileOptions;"
        "print(model_key('tree', CompileOptions(), (frozenset('abcdefgh'), {'x': 1, 'y': (2, 3.5)})))"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(keys) == 1


def test_own_sources_are_the_compiler_and_the_templates(tmp_path: object) -> None:
    from ranvier import compiler, templates

    (home,) = compiler.__path__
    assert {"digest.py", "ir.py", "build.py"} <= set(source_files(home))
    (home,) = templates.__path__
    assert "rv_abi.h" in source_files(home)
    assert len(sources_digest()) == 40


def test_source_files_are_found_below_too(tmp_path: os.PathLike[str]) -> None:
    home = os.fspath(tmp_path)
    for name in ("b.py", "a.j2", "macros/c.j2", "notes.txt", "__pycache__/b.py", ".hidden/d.py"):
        os.makedirs(os.path.dirname(os.path.join(home, name)), exist_ok=True)
        open(os.path.join(home, name), "w").close()
    assert source_files(home) == ["a.j2", "b.py", "macros/c.j2"]
