"""White noise (``xi``, ``xi_1``) in differential equations: where it may stand, and what methods ask of it.

A name of noise stands for one standard normal number per element and step, divided by the square root of the step:
``dx/dt = f + g*xi`` is the stochastic equation ``dx = f dt + g dW``. Equal names are the same noise, so that two
equations can share one source; a bare ``xi`` in two equations is refused, since it may mean either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from .algebra import walk
from .errors import Diagnostic
from .expressions import NOISE, expressions_of
from .model import AssignStatement, Model, OdeStatement
from .names import NO_NOISE_HERE
from .source import Span
from .tree import Expr, Name

#: (name, factor) of each term of noise in an equation.
Noise: TypeAlias = tuple[tuple[str, Expr], ...]


def misplaced_noise(model: Model, expand: Callable[[Expr], Expr]) -> list[Diagnostic]:
    """Return the mistakes (E403): noise outside differential equations, a bare ``xi`` in two of them.

    Parameters
    ----------
    model : Model
    expand : callable
        Substitutes subexpressions.
    """
    places: dict[Span, str] = {}
    for s in model.statements:
        if isinstance(s, OdeStatement):
            for e in (e for side in (s.lhs, s.rhs) for e in walk(expand(side))):
                if isinstance(e, Name) and e.id == "xi":
                    places.setdefault(e.span, s.var)
    problems = []
    if len(set(places.values())) > 1:
        help = "use xi_1 and xi_2 for independent noise, or xi_1 in both for the same noise"
        problems.append(Diagnostic("E403", "'xi' appears in two equations", list(places)[-1], help))
    outside = [e for x in _elsewhere(model) for e in walk(expand(x)) if isinstance(e, Name) and NOISE.match(e.id)]
    for span, name in {e.span: e.id for e in outside}.items():
        problems.append(Diagnostic("E403", f"'{name}' may only stand in differential equations", span, NO_NOISE_HERE))
    return problems


def _elsewhere(model: Model) -> list[Expr]:
    """Return every expression of a model that is not in a differential equation, nor substituted into one."""
    statements = tuple(s for s in model.statements if isinstance(s, AssignStatement))
    symbols = tuple(s for s in model.symbols if s.role != "subexpression")
    bounds = [x for s in model.symbols for x in (s.init, s.min, s.max) if x is not None]
    return expressions_of(replace(model, statements=statements, symbols=symbols)) + bounds


def entangled(noise: Noise, others: Mapping[str, Noise], moving: Callable[[Expr], frozenset[str]]) -> str:
    """Return why the noise of an equation is not diagonal, or nothing when it is.

    Diagonal: one source, which drives no other equation, with a strength that depends on no other variable that has
    noise. Only then are the iterated integrals of Milstein's method powers of the increments (Kloeden and Platen,
    "Numerical Solution of Stochastic Differential Equations", 1992, section 10.3).
    """
    if len(noise) > 1:
        return "it has several sources of noise"
    shared = {name for name, _ in noise} & {name for terms in others.values() for name, _ in terms}
    if shared:
        return f"'{min(shared)}' drives other equations too"
    crossing = frozenset[str]().union(*(moving(factor) for _, factor in noise)) & set(others)
    return f"the strength of its noise depends on '{min(crossing)}', which has noise of its own" if crossing else ""
