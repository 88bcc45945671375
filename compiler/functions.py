"""The functions and distributions that every model may call.

`resolve` checks names and numbers of arguments here and rewrites synonyms, so later stages only meet the canonical
names: ``arcsin`` becomes ``asin``, ``pow(a, b)`` becomes ``a ** b``, ``max(a, b, c)`` becomes ``max(max(a, b), c)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["function", "distribution", "reduction"]


@dataclass(frozen=True, slots=True)
class Function:
    """A callable name: canonical spelling, allowed numbers of arguments (`most` None: any), and what it is."""

    name: str
    least: int
    most: int | None
    kind: Kind = "function"

    def accepts(self, count: int) -> bool:
        """Tell whether a call with `count` arguments is right."""
        return self.least <= count and (self.most is None or count <= self.most)

    @property
    def arity(self) -> str:
        """The allowed numbers of arguments, for messages."""
        if self.most is None:
            return f"at least {self.least} argument{'s' if self.least != 1 else ''}"
        if self.least == self.most:
            return "no argument" if self.most == 0 else f"{self.most} argument{'s' if self.most != 1 else ''}"
        return f"{self.least} or {self.most} arguments"


_ONE = (
    "exp expm1 exprel log log10 log2 log1p sqrt abs sign floor ceil round int sin cos tan sinh cosh tanh "
    "asin acos atan pos neg heaviside erf isnan isfinite"
)
_SYNONYMS = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "positive": "pos", "negative": "neg", "fabs": "abs",
    "power": "pow", "where": "ite", "ln": "log",
}  # fmt: skip
_OTHERS = {"pow": 2, "atan2": 2, "clip": 3, "ite": 3, "modulo": 2, "timestep": 2}
_DISTRIBUTIONS = {
    "Uniform": (2, 2), "DiscreteUniform": (2, 2), "Normal": (2, 2), "LogNormal": (2, 2), "Exponential": (1, 1),
    "Gamma": (1, 2), "Binomial": (2, 2), "Poisson": (1, 1), "rand": (0, 0), "randn": (0, 0), "poisson": (1, 1),
}  # fmt: skip


def _table() -> dict[str, Function]:
    table = {name: Function(name, 1, 1) for name in _ONE.split()}
    table |= {name: Function(name, count, count) for name, count in _OTHERS.items()}
    table |= {name: Function(name, 2, None) for name in ("min", "max")}
    table |= {name: Function(name, low, high, "distribution") for name, (low, high) in _DISTRIBUTIONS.items()}
    table |= {name: Function(name, 1, 1, "reduction") for name in ("mean", "norm1", "norm2")}
    table["sum"] = Function("sum", 0, 1, "reduction")
    return table | {name: table[canonical] for name, canonical in _SYNONYMS.items()}


#: name as users write it -> what it is.
FUNCTIONS: dict[str, Function] = _table()
#: Values of the named constants.
CONSTANTS: dict[str, float] = {"pi": 3.141592653589793, "e": 2.718281828459045, "inf": float("inf")}


def is_reduction(func: str, arguments: int) -> bool:
    """Tell whether a call is taken over a whole population: ``mean(v)``, and ``max(v)`` of one argument."""
    reduces = func in FUNCTIONS and FUNCTIONS[func].kind == "reduction"
    return reduces or (func in ("min", "max") and arguments == 1)
