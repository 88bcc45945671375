"""The objects of a network by name: unique names, defaults by kind and number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from .problems import RuntimeProblem, UnknownName

T = TypeVar("T")


class Registry(Generic[T]):
    """Objects of one kind, in the order of their creation.

    Parameters
    ----------
    kind : str
        As in "population".
    taken : set of str
        Names of all objects of the network, shared between its registries.
    """

    def __init__(self, kind: str, taken: set[str]) -> None:
        self._kind = kind
        self._taken = taken
        self._objects: dict[str, T] = {}

    @property
    def kind(self) -> str:
        """What the objects are, as in "population"."""
        return self._kind

    def new_name(self, name: str | None) -> str:
        """Return a name for a new object, after checking that it is free."""
        if name is None:
            return f"{self._kind}{len(self._objects)}"
        if not name or not isinstance(name, str):
            raise RuntimeProblem(f"The name of a {self._kind} must be a text that is not empty, not {name!r}.")
        if name in self._taken:
            raise RuntimeProblem(f"The network has an object called '{name}' already.")
        return name

    def add(self, name: str, entry: T) -> T:
        """Add an object."""
        if name in self._taken:
            raise RuntimeProblem(f"The network has an object called '{name}' already.")
        self._taken.add(name)
        self._objects[name] = entry
        return entry

    def replace(self, name: str, entry: T) -> T:
        """Put another object in the place of one."""
        self._objects[name] = entry
        return entry

    def __getitem__(self, name: str) -> T:
        if name not in self._objects:
            raise UnknownName(self._kind, name, self._objects)
        return self._objects[name]

    def __contains__(self, name: object) -> bool:
        return name in self._objects

    def __iter__(self) -> Iterator[T]:
        return iter(self._objects.values())

    def __len__(self) -> int:
        return len(self._objects)

    def all(self) -> list[T]:
        """Return all objects."""
        return list(self._objects.values())
