"""Hashes of values: cache keys that depend on what a thing says, never on the process that asks."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from functools import lru_cache
from hashlib import blake2b

from .options import CompileOptions

#: What the compiler is made of: a change in any of these files changes every level-1 key.
SOURCE_SUFFIXES = (".py", ".j2", ".h")


def digest(*parts: object, size: int = 20) -> str:
    """Return the hash of some values as ``2 * size`` hexadecimal digits."""
    return blake2b(canonical(parts), digest_size=size).hexdigest()


def canonical(value: object) -> bytes:
    """Return an encoding in which different values are different bytes, in every process alike.

    Sets and dicts have no order here; a dataclass is its name and its fields; a list is a tuple. Other objects have
    no encoding (TypeError): their text could hold an address.
    """
    match value:
        case None | bool():
            tag, body = b"c", repr(value).encode()
        case int():
            tag, body = b"i", b"%d" % value
        case float():
            tag, body = b"f", value.hex().encode()
        case str():
            tag, body = b"s", value.encode("utf-8", "surrogatepass")
        case bytes():
            tag, body = b"b", value
        case tuple() | list():
            tag, body = b"t", b"".join(map(canonical, value))
        case dict():
            tag, body = b"d", b"".join(sorted(canonical(item) for item in value.items()))
        case set() | frozenset():
            tag, body = b"e", b"".join(sorted(map(canonical, value)))
        case _ if is_dataclass(value) and not isinstance(value, type):
            named = [canonical((f.name, getattr(value, f.name))) for f in fields(value)]
            tag, body = b"o", canonical(type(value).__name__) + b"".join(named)
        case _:
            raise TypeError(f"a {type(value).__name__} has no canonical form")
    return b"%s%d:%s" % (tag, len(body), body)


@lru_cache(maxsize=1)
def sources_digest() -> str:
    """Return the hash of the compiler's and the templates' own sources.

    The files are read, not only looked at: sizes and times of files from a reproducible package can be those of the
    version before. About 1 ms, once per process.
    """
    from ranvier import templates

    hashed = blake2b(digest_size=20)
    for home in (os.path.dirname(__file__), os.path.dirname(templates.__file__)):
        for name in source_files(home):
            with open(os.path.join(home, name), "rb", buffering=0) as file:
                hashed.update(canonical((name, file.read())))
    return hashed.hexdigest()


def source_files(home: str, below: str = "") -> list[str]:
    """Return the source files in a folder and the folders in it, as relative paths, sorted."""
    names = []
    with os.scandir(os.path.join(home, below)) as entries:
        for entry in entries:
            name = f"{below}{entry.name}"
            if entry.name.endswith(SOURCE_SUFFIXES):
                names.append(name)
            elif entry.name[0] not in "._" and entry.is_dir():
                names += source_files(home, f"{name}/")
    return sorted(names)


def model_key(tree_canonical: str, options: CompileOptions, extras: tuple[object, ...] = ()) -> str:
    """Return the level-1 key of a model.

    Parameters
    ----------
    tree_canonical : str
        The syntax tree without comments, spans, names of objects, parameter values and initial values.
    options : CompileOptions
        Options of the compilation.
    extras : tuple
        Whatever else the result depends on: binding signature, types and dimensions of given parameters and
        namespace entries, texts of user functions, kind of the refractory period.

    Returns
    -------
    str
        40 hexadecimal digits.
    """
    return digest(tree_canonical, options, extras, sources_digest())
