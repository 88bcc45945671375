"""`Parameter` and `Variable`: entries of models given as dictionaries and lists instead of strings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..problems import UnknownName, ValueProblem
from ..quantities import is_expression

#: What users write -> where the value lives (`ranvier.compiler.model.Locality`).
LOCALITIES: dict[str, Literal["local", "shared", "post"]] = {
    "local": "local",
    "global": "shared",
    "population": "shared",
    "projection": "shared",
    "shared": "shared",
    "semiglobal": "post",
    "postsynaptic": "post",
}
_TYPES: dict[object, Literal["float", "int", "bool"]] = {
    float: "float", int: "int", bool: "bool", "float": "float", "int": "int", "bool": "bool",
}  # fmt: skip


def locality_of(word: str) -> Literal["local", "shared", "post"]:
    """Return the locality a user's word stands for."""
    if word not in LOCALITIES:
        raise UnknownName("locality", word, LOCALITIES)
    return LOCALITIES[word]


def type_of(type_: object) -> Literal["float", "int", "bool"]:
    """Return the type a user's word or Python type stands for."""
    if type_ not in _TYPES:
        raise ValueProblem(f"A type must be float, int or bool, not {type_!r}.")
    return _TYPES[type_]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with more to say than its value.

    Parameters
    ----------
    value : number, str, array, distribution or quantity
    locality : {"global", "local", "semiglobal"}
        One value per group (also spelled population, projection, shared), per element, or per postsynaptic neuron.
    type : {float, int, bool}
    """

    value: Any
    locality: str = "global"
    type: Any = float

    def __post_init__(self) -> None:
        locality_of(self.locality)
        type_of(self.type)


@dataclass(frozen=True, slots=True)
class Variable:
    """One equation with its options.

    Parameters
    ----------
    equation : str
    init, min, max : number or str, optional
        Initial value and bounds. `init` may also be an array, a distribution or a quantity.
    method : str, optional
        Integration method of this equation.
    locality : {"local", "global", "semiglobal"}
    type : {float, int, bool}
    """

    equation: str
    init: Any = None
    min: Any = None
    max: Any = None
    method: str | None = None
    locality: str = "local"
    type: Any = float

    def __post_init__(self) -> None:
        locality_of(self.locality)
        type_of(self.type)

    def flags(self) -> list[str]:
        """Return the flags that belong into the text of the equation (`init` does not: values are not compiled)."""
        words = []
        if self.method is not None:
            words.append(self.method)
        if self.locality != "local":
            words.append("population" if locality_of(self.locality) == "shared" else "postsynaptic")
        if type_of(self.type) != "float":
            words.append(type_of(self.type))
        for word, value in (("min", self.min), ("max", self.max)):
            if value is not None:
                quantity = isinstance(value, str) and not is_expression(value)
                words.append(f"{word}={'*'.join(value.split(maxsplit=1)) if quantity else value}")
        return words
