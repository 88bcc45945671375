"""Dimensions that a text does not declare but that follow from it: by definition, or because every use demands them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .dimension_rules import Dimensions
from .dimension_statements import Statements
from .dimension_values import BOOLEAN, FREE, TIME, is_plain
from .model import Dimension, Model, Symbol
from .tree import Assign, Expr, Name

#: Names whose dimension is worked out; beyond, it would cost more than it is worth.
_MAX_UNKNOWN = 60
_WITH_VALUES = ("parameter", "variable", "input", "subexpression")


def defined(model: Model, known: dict[str, Dimension | None]) -> dict[str, Dimension | None]:
    """Return the dimensions of names without unit whose definition gives one, such as ``prev_v = v``."""
    loose = Dimensions(model, FREE)
    unknown = {name for name, d in known.items() if d is None}
    definitions: dict[str, Expr] = {}
    for part in model.tree.parts:
        for statement in part.statements:
            match statement:
                case Assign(Name(name, _), "=", value, _, _) if name in unknown and not is_plain(value):
                    definitions.setdefault(name, value)
    for _ in range(2):
        for name, value in definitions.items():
            if loose.known[name] is None:
                found = loose.of(value)
                loose.known[name] = None if found is FREE else found
    return {name: loose.known[name] for name in definitions}


def completed(model: Model, known: dict[str, Dimension | None], infer: bool) -> Model:
    """Return a model in which undeclared names have their dimension, if `infer` also what all their uses demand."""
    unknown = [s.name for s in model.symbols if known[s.name] is None and s.role in _WITH_VALUES]
    if infer and 0 < len(unknown) <= _MAX_UNKNOWN:
        known = known | _inferred(model, known, unknown)
    return replace(model, symbols=tuple(_with_dimension(s, known[s.name]) for s in model.symbols))


def _with_dimension(symbol: Symbol, dimension: Dimension | None) -> Symbol:
    if symbol.dimension is not None or dimension is None or symbol.role not in _WITH_VALUES or symbol.type == "bool":
        return symbol
    return replace(symbol, dimension=tuple(round(d, 9) + 0.0 for d in dimension))


def _inferred(model: Model, known: dict[str, Dimension | None], unknown: list[str]) -> dict[str, Dimension | None]:
    """Return the dimensions that all uses of unknown names agree on.

    Each unknown name counts as one more base unit; equal sides of equations are linear equations in the exponents.
    Names in contradictory equations stay unknown.
    """
    while unknown:
        walk = Inference(model, known, unknown)
        walk.run()
        if not walk.contradictory:
            return walk.solutions()
        unknown = [name for name in unknown if name not in walk.contradictory]
    return {}


class Inference(Statements):
    """A walk that solves for unknown dimensions instead of complaining."""

    def __init__(self, model: Model, known: dict[str, Dimension | None], unknown: list[str]) -> None:
        super().__init__(model)
        self.silent = True
        self.unknown = unknown
        self.contradictory: set[str] = set()
        self._rows: list[tuple[int, list[float]]] = []
        self._rest = (0.0,) * len(unknown)
        self.one = self.plain = (*self.one, *self._rest)
        self.known = {name: None if d is None else self.padded(d) for name, d in known.items()}
        self.registered = {name: None if d is None else self.padded(d) for name, d in self.registered.items()}
        for k, name in enumerate(unknown):
            self.known[name] = tuple(float(i == len(TIME) + k) for i in range(len(self.one)))

    def padded(self, dimension: Dimension) -> Dimension:
        """Return a dimension with one exponent more for each unknown name."""
        if dimension is FREE or dimension is BOOLEAN or len(dimension) == len(self.one):
            return dimension
        return (*dimension, *self._rest)

    def agree(self, a: Dimension | None, b: Dimension | None) -> bool:
        """Take two dimensions as equal."""
        if a is None or b is None or a is FREE or b is FREE:
            return True
        a, b = self.one if a is BOOLEAN else a, self.one if b is BOOLEAN else b
        left = self._reduced([x - y for x, y in zip(a, b, strict=True)])
        pivot = next((k for k in range(len(TIME), len(left)) if left[k]), None)
        if pivot is not None:
            self._rows.append((pivot, [x / left[pivot] for x in left]))
        elif any(left):
            self.contradictory |= {n for k, n in enumerate(self.unknown, len(TIME)) if a[k] or b[k]}
        return True

    def _reduced(self, vector: Iterable[float]) -> list[float]:
        left = list(vector)
        for pivot, row in self._rows:
            if factor := left[pivot]:
                left = [x - factor * y for x, y in zip(left, row, strict=True)]
        return [0.0 if abs(x) < 1e-9 else x for x in left]

    def solutions(self) -> dict[str, Dimension | None]:
        """Return the dimensions that are determined."""
        found: dict[str, Dimension | None] = {}
        for name in self.unknown:
            vector = self.known[name]
            assert vector is not None
            left = self._reduced(vector)
            if not any(left[len(TIME) :]):
                found[name] = tuple(left[: len(TIME)])
        return found
