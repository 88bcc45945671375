"""Functions registered from Python: a name, its arguments, a C body for kernels and a callable for the interpreter.

Models carry the registered functions that they call, so no later stage looks anything up. In the IR a call is an
operation whose name holds the digest of the body: kernels of equal text call equal functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .digest import digest

#: Operations of the IR that call registered functions start so.
PREFIX = "user:"


@dataclass(frozen=True, slots=True)
class Registered:
    """A function registered from Python.

    Attributes
    ----------
    name : str
    params : tuple of str
        Names of the arguments in the C body.
    c : str or None
        Body of a C function of doubles; without one, only the reference interpreter can call it.
    dimension : tuple of float or None
        Of the result; None: not declared, fits everything.
    python : callable
        Takes and returns arrays.
    """

    name: str
    params: tuple[str, ...]
    c: str | None
    dimension: tuple[float, ...] | None
    python: Callable[..., Any] = field(compare=False, repr=False)

    @property
    def body_digest(self) -> str:
        """Hash of what the C function says."""
        return digest(self.params, self.c, size=6)

    @property
    def op(self) -> str:
        """Name of the operation in the IR."""
        return f"{PREFIX}{self.name}:{self.body_digest}"

    @property
    def signature(self) -> str:
        """All that a kernel depends on."""
        return f"function {self.name} {self.params} {self.c!r} {self.dimension}"


def arities(functions: Iterable[Registered]) -> dict[str, int]:
    """Return operation -> number of arguments."""
    return {f.op: len(f.params) for f in functions}
