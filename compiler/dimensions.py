"""`check_dimensions`: do the units of a model match? The last step of `resolve`.

Models that declare or use units are checked strictly: every statement, condition and flag. Names of unknown dimension
(parameters given as plain numbers) fit everywhere; their dimension is worked out from use where it is unambiguous.
In unit-free synapses only values that cross between two groups of declared units are compared.
"""

from __future__ import annotations

from .dimension_inference import completed, defined
from .dimension_rules import Dimensions
from .dimension_statements import Statements
from .dimension_values import FREE
from .errors import model_error
from .model import Dimension, Model
from .tree import Assign, Expr, Name
from .units import DIMENSIONLESS
from .unitwords import in_words


def check_dimensions(model: Model) -> Model:
    """Return a model with the dimensions that follow from its text filled in.

    Raises
    ------
    UnitProblem
        With every place where units do not match (E301).
    """
    if model.unit_checked:
        check: Statements | Crossing = Statements(model)
        check.known |= defined(model, check.known)
    elif model.kind == "synapse" and any(s.role == "attribute" and s.dimension is not None for s in model.symbols):
        check = Crossing(model)
    else:
        return model
    check.run()
    if check.problems:
        raise model_error(model.tree.kind, model.tree.name, model.tree, check.problems)
    return completed(model, check.known, model.unit_checked)


def value_dimension(model: Model, name: str) -> Dimension | None:
    """Return the dimension of what the text of a model assigns to a name, None where any would do.

    In a text without units, plain numbers count as coherent, so that only values of names tell.
    """
    walk = Dimensions(model, DIMENSIONLESS if model.unit_checked else None)
    for part in model.tree.parts:
        for statement in part.statements:
            match statement:
                case Assign(Name(id_, _), "=", value, _, _) if id_ == name:
                    found = walk.of(value)
                    plain = found is FREE or (found is not None and not any(found) and not model.unit_checked)
                    return None if plain else found
    return None


class Crossing(Dimensions):
    """Compares values that a unit-free synapse hands from one group to another; its own numbers fit everything."""

    def __init__(self, model: Model) -> None:
        super().__init__(model, None)
        self.handed: dict[str, list[Dimension]] = {}

    def run(self) -> None:
        """Check all writes to either group."""
        for part in self.tree.parts:
            for statement in part.statements:
                if isinstance(statement, Assign) and statement.op in ("=", "+=", "-="):
                    self.write(statement.target, statement.value, self.text(statement.target))
            if part.source.role == "psp" and part.expression is not None:
                self.write(Name("g_target", part.expression.span), part.expression, "g_target")
        for name, targets in self.handed.items():  # ``w`` in ``g_target += w`` has the dimension of the target
            if all(self.agree(targets[0], other) for other in targets):
                self.known[name] = targets[0]

    def write(self, target: Expr, value: Expr, name: str) -> None:
        """Compare one value with what it is written to, which errors call `name`."""
        if isinstance(target, Name) and target.id in self.known:
            return
        problems = list(self.problems)
        there, found = self.of(target), self.of(value)
        self.problems = problems  # its numbers may stand for anything, so nothing else is wrong
        if there is None:
            return
        if found is None and isinstance(value, Name) and value.id in self.known:
            self.handed.setdefault(value.id, []).append(there)
        if found is None or not any(found) or self.agree(there, found):
            return
        message = (
            f"units do not match across the projection: '{self.text(value)}' {in_words(found)}, "
            f"'{name}' {in_words(there)}"
        )
        self.problem(message, value.span, self.advice(value, found, there))
