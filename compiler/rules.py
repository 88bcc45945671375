"""Update rules: the equations of a model, each with the method that advances it. From `integrate` to lowering."""

from __future__ import annotations

from dataclasses import dataclass

from .algebra import text
from .model import AssignStatement
from .noise import Noise
from .tree import Expr


@dataclass(frozen=True, slots=True)
class OdeRule:
    """``x' = derivative``, advanced by `method`.

    `noise` holds (name, factor) of each term of white noise, which `derivative` leaves out. `a` is the coefficient of
    x for ``exponential`` (``x' = a x + b``, a free of x), `b` the rest.
    """

    var: str
    derivative: Expr
    method: str
    reason: str
    unless_refractory: bool
    a: Expr | None = None
    b: Expr | None = None
    noise: Noise = ()


@dataclass(frozen=True, slots=True)
class LinearSystem:
    """``x' = A x + b`` of the variables `vars`; `a[i][j]` is None where the entry is structurally zero."""

    vars: tuple[str, ...]
    a: tuple[tuple[Expr | None, ...], ...]
    b: tuple[Expr | None, ...]


@dataclass(frozen=True, slots=True)
class OdeBlock:
    """Consecutive equations: all right-hand sides from old values, then all writes."""

    rules: tuple[OdeRule, ...]
    systems: tuple[LinearSystem, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateRules:
    """What happens in a step, in order; `event_driven` equations are advanced at events instead."""

    steps: tuple[OdeBlock | AssignStatement, ...]
    event_driven: tuple[OdeRule, ...] = ()

    @property
    def methods(self) -> tuple[tuple[str, str, str], ...]:
        """(variable, method, reason) of each equation, in order."""
        rules = [r for s in self.steps if isinstance(s, OdeBlock) for r in s.rules]
        return tuple((r.var, r.method, r.reason) for r in (*rules, *self.event_driven))

    def dump(self) -> str:
        """Return the rules as text."""
        lines = []
        for step in self.steps:
            if isinstance(step, AssignStatement):
                lines.append(f"{step.target} {step.op} {text(step.value)}")
                continue
            for r in step.rules:
                noise = "".join(f" + ({text(factor)})*{name}" for name, factor in r.noise)
                lines.append(f"{r.var}' = {text(r.derivative)}{noise}  [{r.method}: {r.reason}]")
        lines += [f"{r.var}' = {text(r.derivative)}  [{r.method}]" for r in self.event_driven]
        return "\n".join(lines) + "\n"
