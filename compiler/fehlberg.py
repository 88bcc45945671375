"""Fehlberg's method of order 5 with an estimate of order 4, and the step control of the GNU Scientific Library.

E. Fehlberg, "Klassische Runge-Kutta-Formeln vierter und niedrigerer Ordnung mit Schrittweiten-Kontrolle", Computing 6
(1970) 61-71, table 2. Step control: GSL reference manual, "Ordinary Differential Equations", adaptive step-size
control. Simulators that integrate with GSL's ``rkf45`` take the same steps, and with a coarse tolerance have the same
errors: a step whose estimate is up to 1.1 tolerances is taken, one below half a tolerance makes the next one longer.
"""

from __future__ import annotations

from collections.abc import Sequence

from .adaptive import GROW, ROUNDS, SAFETY, SHRINK, TOLERANCES, tolerance_of, weighted
from .expressions import Scope
from .ir import Expr
from .rules import OdeRule
from .stages import Values, slopes

#: Times of the stages, and the weights of earlier slopes in each.
NODES = (0.0, 1 / 4, 3 / 8, 12 / 13, 1.0, 1 / 2)
WEIGHTS = (
    (),
    (1 / 4,),
    (3 / 32, 9 / 32),
    (1932 / 2197, -7200 / 2197, 7296 / 2197),
    (8341 / 4104, -32832 / 4104, 29440 / 4104, -845 / 4104),
    (-6080 / 20520, 41040 / 20520, -28352 / 20520, 9295 / 20520, -5643 / 20520),
)
#: Result of order 5, and its difference from that of order 4.
RESULT = (902880 / 7618050, 0.0, 3953664 / 7618050, 3855735 / 7618050, -1371249 / 7618050, 277020 / 7618050)
ERRORS = (1 / 360, 0.0, -128 / 4275, -2197 / 75240, 1 / 50, 2 / 55)
#: Above and below so many tolerances the step changes; the least estimate.
SHORTER, LONGER, LEAST = 1.1, 0.5, 2.2250738585072014e-308
#: The tolerance in parts of the change in a step, where a model gives that instead of `rtol`.
BY_SLOPE = "rtol_slope"
#: The variable in which a model keeps the length of the next step (ms), if it declares one; 0: as long as dt.
#: Subexpressions ``substep_x`` are what becomes of variables after each step.
KEPT = "substep"


def rkf45(rules: Sequence[OdeRule], scope: Scope) -> Values:
    """Advance the equations of a block by dt; NaN, which the network reports, where no step is short enough."""
    b, dt = scope.b, scope.name("dt")
    n = len(rules)
    start = [scope.name(r.var) for r in rules]
    tolerance = {name: tolerance_of(scope, name, value) for name, value in TOLERANCES.items()}
    roles = {s.name: s for s in scope.model.symbols}
    keeps = KEPT in roles and roles[KEPT].role == "variable"
    changed = [s for s in roles.values() if s.role == "variable" and f"{KEPT}_{s.name}" in roles]
    own = {r.var for r in rules}
    others = [s.name for s in changed if s.name not in own]
    wish = scope.name(KEPT) if keeps else dt
    wish = b.select(b.compare(">", wish, b.number(0.0)), wish, dt)

    def round_(carried: tuple[Expr, ...]) -> tuple[list[Expr], Expr]:
        x, also, (now, wish, _) = carried[:n], carried[n:-3], carried[-3:]
        here = scope.child(dict(zip(others, also, strict=True)))
        left = b.sub(dt, now)
        last = b.compare(">", wish, left)
        step = b.select(last, left, wish)
        ks: list[list[Expr]] = []
        for node, weights in zip(NODES, WEIGHTS, strict=True):
            moved = {}
            for i, r in enumerate(rules):
                moved[r.var] = b.add(x[i], b.mul(step, weighted(b, weights, [k[i] for k in ks]))) if ks else x[i]
            later = b.add(now, b.mul(b.number(node), step))
            ks.append(list(slopes(rules, here.child(moved, later=later)).values()))
        new = [b.add(x[i], b.mul(step, weighted(b, RESULT, [k[i] for k in ks]))) for i in range(n)]
        there = here.child({r.var: value for r, value in zip(rules, new, strict=True)}, later=b.add(now, step))
        error = b.number(LEAST)
        last_slopes = list(slopes(rules, there).values()) if BY_SLOPE in roles else []
        for i in range(n):
            scale = b.add(b.mul(tolerance["rtol"], b.op("fabs", "float", new[i])), tolerance["atol"])
            if last_slopes:
                change = b.op("fabs", "float", b.mul(step, last_slopes[i]))
                scale = b.add(b.mul(b.to_float(scope.name(BY_SLOPE)), change), tolerance["atol"])
            miss = b.mul(step, weighted(b, ERRORS, [k[i] for k in ks]))
            error = b.extreme("max", error, b.op("div", "float", b.op("fabs", "float", miss), scale))
        power = [b.mul(b.number(SAFETY), b.call("pow", error, b.number(-1 / order))) for order in (5, 6)]
        shorter = b.mul(b.extreme("max", power[0], b.number(SHRINK)), step)
        longer = b.mul(b.extreme("max", b.extreme("min", power[1], b.number(GROW)), b.number(1.0)), step)
        then = b.select(last, dt, b.add(now, step))
        much = b.compare(">", error, b.number(SHORTER))
        little = b.compare("<", error, b.number(LONGER))
        again = b.logic("and", much, b.compare("!=", b.add(then, shorter), then))
        after = b.select(again, shorter, b.select(little, longer, step))
        after_step = {s.name: b.to(s.type, there.name(f"{KEPT}_{s.name}")) for s in changed}
        values = [b.select(again, x[i], after_step.get(r.var, new[i])) for i, r in enumerate(rules)]
        values += [b.select(again, old, after_step[name]) for name, old in zip(others, also, strict=True)]
        reached = b.select(again, now, then)
        done = b.compare(">=", reached, dt)
        return [*values, reached, after, done], done

    start += [scope.name(name) for name in others]
    carried = b.repeat(ROUNDS, [*start, b.number(0.0), wish, b.truth(False)], round_)
    failed = b.number(float("nan"))
    found = {r.var: b.select(carried[-1], value, failed) for r, value in zip(rules, carried, strict=False)}
    found |= dict(zip(others, carried[n:-3], strict=True))
    return {**found, KEPT: carried[-2]} if keeps else found
