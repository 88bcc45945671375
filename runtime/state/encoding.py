"""Values of known kinds as JSON and arrays, and back. Nothing else can be written or read: no code comes from a file.

A codec is a closed list of kinds. Numbers, texts, lists and dictionaries are JSON; an array becomes
``{"@array": path}`` and is kept beside it under that path; an object of a known kind becomes
``{"@kind": name, field: value...}``, and one that occurs several times is written once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import FileProblem, RuntimeProblem, nearest

Arrays = dict[str, NDArray[Any]]
#: Nested values beyond this are no state of a network.
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Kind:
    """How objects of one class are taken apart and put together.

    Parameters
    ----------
    cls : type
    take : callable
        Object -> its fields.
    make : callable
        Called with the fields as keywords.
    shared : bool
        Write an object that occurs several times once, so that identity survives.
    """

    cls: type
    take: Callable[[Any], Mapping[str, Any]]
    make: Callable[..., Any]
    shared: bool = False


def record(cls: type) -> Kind:
    """Return the kind of a dataclass: its fields are written as they are."""
    names = tuple(f.name for f in fields(cls))
    return Kind(cls, lambda value: {name: getattr(value, name) for name in names}, cls)


class Codec:
    """A closed list of kinds.

    Parameters
    ----------
    kinds : iterable of Kind
    convert : callable
        Turns a value of no known kind into one that can be written, or returns it as it is.
    """

    def __init__(self, kinds: Iterable[Kind], convert: Callable[[Any], Any] = lambda value: value) -> None:
        found = tuple(kinds)
        self._by_class = {kind.cls: kind for kind in found}
        self._by_name = {kind.cls.__name__: kind for kind in found}
        self._convert = convert

    def encode(self, value: Any, path: str = "") -> tuple[Any, Arrays]:
        """Return a value as JSON, and the arrays that it refers to by paths that begin with `path`."""
        writer = _Writer(self._by_class, self._convert)
        return writer.json(value, path), writer.arrays

    def decode(self, data: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
        """Return the value that `encode` wrote.

        Raises
        ------
        FileProblem
            The data are not what `encode` writes.
        """
        return _Reader(self._by_name, arrays).value(data, 0)


def escaped(name: str) -> str:
    """Return a name as one part of a path."""
    return re.sub(r"[%/\x00]|^\.+$", lambda m: "".join(f"%{ord(c):02x}" for c in m[0]), name)


class _Writer:
    def __init__(self, kinds: Mapping[type, Kind], convert: Callable[[Any], Any]) -> None:
        self.kinds, self.convert = kinds, convert
        self.arrays: Arrays = {}
        self.seen: dict[int, tuple[str, Any]] = {}

    def json(self, value: Any, path: str, converted: bool = False) -> Any:
        match value:
            case np.generic():
                return value.item()
            case None | bool() | int() | float() | str():
                return value
            case np.ndarray() if value.dtype.kind in "biuf":
                path = path or "value"
                self.arrays[path] = np.asarray(value)
                return {"@array": path}
            case list():
                return [self.json(item, f"{path}/{n}") for n, item in enumerate(value)]
            case tuple():
                return {"@tuple": [self.json(item, f"{path}/{n}") for n, item in enumerate(value)]}
            case dict() if all(isinstance(key, str) and not key.startswith("@") for key in value):
                return {key: self.json(item, f"{path}/{escaped(key)}".lstrip("/")) for key, item in value.items()}
            case dict():
                return {"@pairs": [[self.json(k, path), self.json(v, f"{path}/{n}")]
                                   for n, (k, v) in enumerate(value.items())]}  # fmt: skip
        kind = self.kinds.get(type(value))
        if kind is not None:
            return self.known(kind, value, path)
        if not converted:
            return self.json(self.convert(value), path, True)
        raise RuntimeProblem(f"{path}: an object of the type {type(value).__name__} cannot be written to a file.")

    def known(self, kind: Kind, value: Any, path: str) -> Any:
        if kind.shared and id(value) in self.seen:
            return {"@same": self.seen[id(value)][0]}
        if kind.shared:
            self.seen[id(value)] = path, value
        taken = {n: self.json(v, f"{path}/{escaped(n)}".lstrip("/")) for n, v in kind.take(value).items()}
        return {"@kind": kind.cls.__name__, **({"@path": path} if kind.shared else {}), **taken}


class _Reader:
    def __init__(self, kinds: Mapping[str, Kind], arrays: Mapping[str, NDArray[Any]]) -> None:
        self.kinds, self.arrays = kinds, arrays
        self.shared: dict[str, Any] = {}

    def value(self, data: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise FileProblem("The file is damaged: its values are nested too deeply.")
        if isinstance(data, list):
            return [self.value(item, depth + 1) for item in data]
        if not isinstance(data, dict):
            return data
        match data:
            case {"@array": str(path)}:
                if path not in self.arrays:
                    raise FileProblem(f"The file is damaged: the array '{path}' is missing.")
                return self.arrays[path]
            case {"@tuple": list(items)}:
                return tuple(self.value(item, depth + 1) for item in items)
            case {"@pairs": list(pairs)}:
                return dict(self.pair(pair, depth) for pair in pairs)
            case {"@same": str(path)}:
                if path not in self.shared:
                    raise FileProblem(f"The file is damaged: '{path}' is missing.")
                return self.shared[path]
            case {"@kind": str(name)}:
                return self.known(name, data, depth)
        return {key: self.value(item, depth + 1) for key, item in data.items()}

    def pair(self, pair: Any, depth: int) -> tuple[Any, Any]:
        if not isinstance(pair, list) or len(pair) != 2:
            raise FileProblem("The file is damaged: a dictionary has an entry without a value.")
        key = self.value(pair[0], depth + 1)
        if not isinstance(key, (str, int, tuple)):
            raise FileProblem("The file is damaged: a dictionary has a key of no known kind.")
        return key, self.value(pair[1], depth + 1)

    def known(self, name: str, data: Mapping[str, Any], depth: int) -> Any:
        kind = self.kinds.get(name)
        if kind is None:
            raise FileProblem(
                f"The file holds an object of the unknown kind '{name}'.",
                help=nearest(name, self.kinds) or "it may come from a newer version",
            )
        taken = {key: self.value(item, depth + 1) for key, item in data.items() if not key.startswith("@")}
        try:
            made = kind.make(**taken)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
            raise FileProblem(f"The file is damaged: its {name} cannot be read ({error}).") from error
        if kind.shared:
            self.shared[str(data.get("@path"))] = made
        return made
