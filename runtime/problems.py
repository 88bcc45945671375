"""Errors of the runtime: they name the object, the attribute and the way out.

::

    RanvierError
    ├── ValueProblem         E501  shape, type, range or unit of a value (the compiler's own class)
    └── RuntimeProblem       E500  anything wrong with how objects are used
        ├── UnknownName      E502  no attribute, argument or object of that name (also an AttributeError)
        ├── NotAvailable     E503  named in the manual, not in this version
        ├── NotFinite        E504  a variable became NaN or infinite
        ├── FileProblem      E505  a file cannot be written, read or believed, or is of another network
        └── SummedTwice      E206  two projections set one summed variable
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NoReturn

from ranvier.compiler import RanvierError, ValueProblem

__all__ = [
    "FileProblem",
    "NotAvailable",
    "NotFinite",
    "RuntimeProblem",
    "SummedTwice",
    "UnknownName",
    "ValueProblem",
    "nearest",
    "not_a",
    "not_a_network",
    "not_available",
]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known names, or ``""``."""
    names = [str(k) for k in known]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known names: {', '.join(names)}" if names else ""


def not_a(kind: str, value: object) -> ValueProblem:
    """Return the error for an argument that must be a model, ``"Neuron"`` or ``"Synapse"``, and is not."""
    help = ""
    if callable(value):
        name = getattr(value, "__name__", "it")
        help = f"a {kind}, or what makes one without arguments; {name}() does not"
    elif type(value).__name__ in ("Neuron", "Synapse"):
        help = "neurons are for create(geometry, neuron), synapses for connect(pre, post, target, synapse)"
    return ValueProblem(f"{kind.lower()} must be a {kind}, not {_said(value)}.", help=help)


def not_a_network(value: object) -> ValueProblem:
    """Return the error for an argument that must be a network and is not."""
    return ValueProblem(f"net must be a Network, not {_said(value)}.")


def _said(value: object) -> str:
    if callable(value) and hasattr(value, "__name__"):
        return f"the {'class' if isinstance(value, type) else 'function'} {value.__name__}"
    return f"{type(value).__name__} {value!r}" if isinstance(value, (str, int, float)) else type(value).__name__


class RuntimeProblem(RanvierError):
    """Something is wrong with how objects of a network are used."""

    default_code = "E500"

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message, help=help)


class SummedTwice(RuntimeProblem):
    """Two projections set one summed variable."""

    default_code = "E206"


class UnknownName(RuntimeProblem, AttributeError):
    """There is no attribute, argument or object of that name.

    Parameters
    ----------
    what : str
        What was looked for, as in "attribute of population 'exc'".
    name : str
    known : iterable of str
    """

    default_code = "E502"

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = tuple(known)
        super().__init__(f"'{name}' is no {what}.", help=nearest(name, names))
        self.args = (what, name, names)


class NotAvailable(RuntimeProblem):
    """A feature that the manual names and this version does not have."""

    default_code = "E503"


class NotFinite(RuntimeProblem):
    """A variable became NaN or infinite."""

    default_code = "E504"


class FileProblem(RuntimeProblem):
    """A file cannot be written or read, is damaged, or does not fit the network."""

    default_code = "E505"


def not_available(feature: str, instead: str = "") -> NoReturn:
    """Refuse a feature of the manual that this version does not have."""
    raise NotAvailable(f"{feature} is not available yet.", help=instead)
