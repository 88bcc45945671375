"""The C text of the library functions that a kernel calls, cut out of the headers of `ranvier.templates`.

A kernel file includes no header: the compiler would parse all of them, which takes longer than the kernel itself.
A line ``/*@ name: needed ... */`` in a header opens the chunk that defines `name` and tells what it needs.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Literal, TypeAlias

Precision: TypeAlias = Literal["double", "single"]

HEADERS = ("rv_math.h", "rv_random.h")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The text that defines one function, and the names of the chunks it needs."""

    text: str
    needs: tuple[str, ...]


def chunks(functions: Iterable[str], precision: Precision = "double") -> str:
    """Return the C text of library functions with all they need, in the order of the headers.

    Parameters
    ----------
    functions : iterable of str
        C names (``rv_exp``, ``rv_normalf``, ``asin``) or names of the IR (``exp``, ``timed1``).
    precision : {"double", "single"}
        What a name of the IR stands for; C names say it themselves.

    Returns
    -------
    str
        C text without includes, or "" when nothing is asked for.

    Raises
    ------
    KeyError
        If the library has no such function.
    """
    library = _library()
    wanted = [_c_name(name, precision, library) for name in functions]
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += library[name].needs
    return "\n".join(chunk.text for name, chunk in library.items() if name in found)


def names() -> tuple[str, ...]:
    """Return the C names of all chunks."""
    return tuple(_library())


def _c_name(name: str, precision: Precision, library: Mapping[str, Chunk]) -> str:
    suffix = "f" if precision == "single" else ""
    for candidate in (name,) if name.startswith("rv_") else (f"rv_{name}{suffix}", f"{name}{suffix}", name):
        if candidate in library:
            return candidate
    raise KeyError(f"the math library has no function {name!r}")


@functools.cache
def _library() -> Mapping[str, Chunk]:
    """Return the chunks of all headers by name, in their order."""
    found: dict[str, Chunk] = {}
    for header in HEADERS:
        text = resources.files("ranvier.templates").joinpath(header).read_text(encoding="utf-8")
        _preface, *rest = text.split("\n/*@ ")
        for part in rest:
            head, _, body = part.partition(" */\n")
            name, _, needs = head.partition(":")
            found[name] = Chunk(_without_frame(body).strip() + "\n", tuple(needs.split()))
    return MappingProxyType(found)


def _without_frame(body: str) -> str:
    """Return a chunk without the headings between groups and the end of the include guard."""
    lines = body.splitlines()
    return "\n".join(line for line in lines if line != "#endif" and not line.startswith("/* ----"))
