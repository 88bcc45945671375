"""Numerical methods: from differential equations to update rules.

`integrate` brings every equation to ``x' = f``, groups consecutive equations into blocks, chooses a method for
each (with the reason, shown by ``describe()``) and adds what the method needs: the linear coefficient of a
conditionally linear equation, the matrix of a linear block. The formulas themselves are in `schemes`.

Method choice looks at symbols and flags, never at values, so that no assignment of a value can change it.
"""

from __future__ import annotations

from dataclasses import replace

from .algebra import affine, div, is_number, linear_share, mul, names, number, operands, rebuild, sub, text, walk
from .cascade import beyond
from .errors import Diagnostic, model_error
from .expressions import NOISE
from .methods import METHODS
from .model import AssignStatement, Model, OdeStatement, Symbol
from .noise import Noise, entangled, misplaced_noise
from .rules import LinearSystem, OdeBlock, OdeRule, UpdateRules
from .symbolic import linear_coefficient, linear_part
from .tree import Binary, Call, Deriv, Expr, Name, Unary

#: Methods that advance noise.
NOISY = ("explicit", "heun", "milstein")
DRAW_CALLS = frozenset({"Uniform", "DiscreteUniform", "Normal", "LogNormal", "Exponential", "Gamma", "Binomial",
                        "Poisson", "rand", "randn", "poisson"})  # fmt: skip
CONSTANT_BUILTINS = frozenset({"dt", "pi", "e", "inf", "i", "j", "N"})

#: Operators whose value does not change smoothly: held for a step by the exponential method.
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "and", "or"})


def integrate(model: Model) -> UpdateRules:
    """Choose and prepare the update of every equation of `model`; of several methods, the first that applies.

    Raises
    ------
    MethodProblem
        E401: an equation is not linear in its derivative; E402: the method asked for does not apply.
    """
    asked: list[str | None] = [m.strip() for m in (model.method or "").split(",") if m.strip()]
    for method in asked or [None]:
        stage = _Integrator(replace(model, method=method))
        rules = stage.run()
        if not any(p.code == "E402" for p in stage.problems):
            break
    if stage.problems:
        raise model_error(model.kind, model.name, model.tree, stage.problems)
    return rules


class _Integrator:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.problems: list[Diagnostic] = []
        self.symbols = {s.name: s for s in model.symbols}
        self.subexpressions = {s.name: s.value for s in model.symbols if s.role == "subexpression" and s.value}

    def run(self) -> UpdateRules:
        self.problems += misplaced_noise(self.model, self.expand)
        steps: list[OdeBlock | AssignStatement] = []
        block: list[OdeStatement] = []
        for statement in self.model.statements:
            if isinstance(statement, OdeStatement):
                if not statement.event_driven:
                    block.append(statement)
                continue
            if block:
                steps += self.blocks(block)
                block = []
            steps.append(statement)
        if block:
            steps += self.blocks(block)
        lazy = [s for s in self.model.statements if isinstance(s, OdeStatement) and s.event_driven]
        return UpdateRules(tuple(steps), self.event_driven(lazy))

    def blocks(self, statements: list[OdeStatement]) -> list[OdeBlock]:
        """Return consecutive equations as blocks; those of a synapse by locality, what has more values first.

        No value of a synapse is read by what has one value for several synapses, so all right-hand sides still see
        the values from before.
        """
        if self.model.kind != "synapse":
            return [self.block(statements)]
        order = ("local", "post", "shared")
        parts = [[s for s in statements if self.symbols[s.var].locality == where] for where in order]
        return [self.block(part) for part in parts if part]

    # -- standard forms ------------------------------------------------------------------------------

    def problem(self, code: str, message: str, statement: OdeStatement, help_: str = "") -> None:
        self.problems.append(Diagnostic(code, message, statement.span, help_))

    def expand(self, expr: Expr) -> Expr:
        """Substitute subexpressions, all the way down (resolve has refused cycles)."""
        if isinstance(expr, Name):
            inner = self.subexpressions.get(expr.id)
            return expr if inner is None else self.expand(inner)
        parts = operands(expr)
        new = tuple(self.expand(p) for p in parts)
        return expr if all(a is b for a, b in zip(new, parts, strict=True)) else rebuild(expr, new)

    def derivative(self, statement: OdeStatement) -> Expr:
        """Bring ``lhs = rhs`` to ``x' = f``."""
        split = affine(self.expand(statement.lhs), lambda e: isinstance(e, Deriv))
        if split is None or is_number(split[0], 0.0):
            wrong = "is not linear in" if split is None else "has the factor 0 before"
            self.problem("E401", f"The equation for '{statement.var}' {wrong} d{statement.var}/dt.", statement,
                         f"bring it to the form  c*d{statement.var}/dt + d = f")  # fmt: skip
            return number(0.0, statement.span)
        coefficient, rest = split
        return div(sub(statement.rhs, rest), coefficient)

    def linear(self, expr: Expr, var: str, hold: bool = False) -> tuple[Expr, Expr] | None:
        """Return (a, b) with ``expr = a * var + b``, from the structure or, failing that, by expansion.

        With `hold`, functions and comparisons of the variable count as coefficients, held for a step (as Brian2's
        exponential Euler does).
        """
        full = self.expand(expr)
        found = affine(full, lambda e: isinstance(e, Name) and e.id == var)
        found = found if found is not None else linear_part(full, var)
        if found is None and hold:
            found = affine(full, lambda e: isinstance(e, Name) and e.id == var, _is_held)
        return found

    def steady(self, expr: Expr) -> bool:
        """Tell whether an expression is made of constants alone, so that it cannot change during a run."""
        for node in walk(self.expand(expr)):
            if isinstance(node, Call) and node.func in DRAW_CALLS:
                return False
            if isinstance(node, Name) and not self.constant(self.symbols[node.id]):
                return False
        return True

    def constant(self, symbol: Symbol) -> bool:
        """Parameters, and declared quantities that nothing in the model writes."""
        return symbol.role == "parameter" or (symbol.role == "builtin" and symbol.name in CONSTANT_BUILTINS)

    # -- methods -------------------------------------------------------------------------------------

    def wanted(self, statement: OdeStatement) -> tuple[str | None, str]:
        """Return the method that was asked for, with the reason; None for automatic choice."""
        for asked, where in ((statement.method, "asked for on its line"), (self.model.method, "asked for by method=")):
            if asked is None:
                continue
            if asked in METHODS:
                return METHODS[asked], where
            self.problem("E402", f"'{asked}' is not a method.", statement,
                         f"use one of {', '.join(sorted(set(METHODS.values())))}")  # fmt: skip
            return "explicit", where
        return (None, "") if self.model.unit_checked else ("explicit", "the default of unit-free models")

    def block(self, statements: list[OdeStatement]) -> OdeBlock:
        parts = {s.var: self.split_noise(s, self.derivative(s)) for s in statements}
        derivatives = {var: drift for var, (drift, _) in parts.items()}
        noise = {var: terms for var, (_, terms) in parts.items() if terms}
        wanted = {s.var: self.wanted(s) for s in statements}
        if noise:
            choice = self.noisy_choice(noise, frozenset(derivatives))
            wanted = {var: choice if asked[0] is None else asked for var, asked in wanted.items()}
        exact_vars = [s.var for s in statements if wanted[s.var][0] in (None, "exact")]
        systems, failed = self.systems(exact_vars, derivatives, frozenset(derivatives))
        one_by_one = bool(failed)
        if failed:  # what is asked to be exact may be so without the others
            exact_vars = [x for x in exact_vars if wanted[x][0] == "exact"]
            systems, failed = self.systems(exact_vars, derivatives, frozenset(derivatives))
        rules = []
        for s in statements:
            method, reason = wanted[s.var]
            if method is None and one_by_one:  # the block is not linear with constant coefficients: choose one by one
                method, reason = self.conditional(s, derivatives[s.var])
            elif method is None:
                method, reason = "exact", "linear with constant coefficients"
            elif method == "exact" and s.var in failed:
                self.problem("E402", f"'exact' does not apply to '{s.var}': {failed[s.var]}.", s,
                             "use 'exponential', 'rk4' or 'explicit'")  # fmt: skip
            rules.append(replace(self.rule(s, derivatives[s.var], method, reason), noise=parts[s.var][1]))
        self.check_noisy(rules, statements)
        exact_now = {r.var for r in rules if r.method == "exact"}
        return OdeBlock(tuple(rules), tuple(s for s in systems if set(s.vars) <= exact_now))

    # -- noise ---------------------------------------------------------------------------------------

    def split_noise(self, s: OdeStatement, derivative: Expr) -> tuple[Expr, Noise]:
        """Return ``(f, ((xi, g), ...))`` with ``derivative = f + g*xi + ...``; f and all g free of noise."""
        rest = self.expand(derivative)
        found = sorted(n for n in names(rest) if NOISE.match(n))
        noise = []
        for name in found:
            split = self.linear(rest, name)
            if split is None or any(NOISE.match(n) for n in names(split[0])):
                term = self.culprit(rest, name)
                message = f"the equation for '{s.var}' is not linear in '{name}'; see the term {term}"
                self.problem("E403", message, s, f"noise is added to an equation: 'f + g*{name}'")
                return number(0.0, s.span), ()
            factor, rest = split
            if not is_number(factor, 0.0):
                noise.append((name, factor))
        return (rest if found else derivative), tuple(noise)

    def noisy_choice(self, noise: dict[str, Noise], block: frozenset[str]) -> tuple[str, str]:
        """Return the automatic method of a block with noise, with the reason (Brian2's choice)."""
        used = frozenset[str]().union(*(self.moving(factor) for terms in noise.values() for _, factor in terms))
        moving = used & (block | {"t"})
        if moving:
            return "heun", f"the strength of the noise depends on '{min(moving)}'"
        return "explicit", "the noise is additive"

    def check_noisy(self, rules: list[OdeRule], statements: list[OdeStatement]) -> None:
        """Refuse methods that do not advance the noise of their equations."""
        diagonal = [r for r in rules if r.method == "milstein" and r.noise]
        for r, s in zip(rules, statements, strict=True):
            if r.noise and r.method not in NOISY:
                name, factor = r.noise[0]
                term = text(mul(factor, Name(name, s.span)))
                message = f"'{r.method}' has no form for noise; the equation for '{r.var}' has the term {term}"
                self.problem("E402", message, s, "use 'euler', 'heun' or 'milstein'")
            elif r in diagonal:
                why = entangled(r.noise, {o.var: o.noise for o in diagonal if o is not r}, self.moving)
                if why:
                    self.problem("E402", f"'milstein' does not apply to '{r.var}': {why}", s, "use 'heun'")

    # -- choice by form ------------------------------------------------------------------------------

    def conditional(self, s: OdeStatement, derivative: Expr) -> tuple[str, str]:
        split = self.linear(derivative, s.var)
        if split is None and self.linear(derivative, s.var, hold=True) is not None:
            return "exponential", f"linear in {s.var}, with functions of {s.var} held for a step"
        if split is None:
            return "explicit", f"not linear in {s.var}"
        if is_number(split[0], 0.0):
            return "explicit", f"does not depend on {s.var}"
        return "exponential", f"linear in {s.var}, with coefficients that change"

    def rule(self, s: OdeStatement, derivative: Expr, method: str, reason: str) -> OdeRule:
        a: Expr | None = None
        b: Expr | None = None
        if method in ("exponential", "exact"):
            split = self.linear(derivative, s.var, hold=method == "exponential")
            if split is not None:
                a, b = split
            elif method == "exponential":  # `systems` says why where it is 'exact'
                term = self.culprit(derivative, s.var)
                message = f"'exponential' needs an equation linear in '{s.var}'; the term {term} is not."
                self.problem("E402", message, s, "use 'explicit', 'rk4', 'implicit' or 'dopri5'")
        if method == "semiimplicit":
            a = self.linear_share(derivative, s.var)
        if method == "implicit":
            self.check_smooth(s, derivative)
        return OdeRule(s.var, derivative, method, reason, s.unless_refractory, a, b)

    def linear_share(self, derivative: Expr, var: str) -> Expr:
        """Return the coefficient of `var` in the part of an equation that is linear in it."""
        full = self.expand(derivative)
        found = linear_coefficient(full, var)
        return found if found is not None else linear_share(full, lambda e: isinstance(e, Name) and e.id == var)

    def check_smooth(self, s: OdeStatement, derivative: Expr) -> None:
        """Refuse what has no derivative: random numbers whose arguments are variables."""
        odes = {o.var for o in self.model.statements if isinstance(o, OdeStatement)}
        for e in walk(self.expand(derivative)):
            if isinstance(e, Call) and e.func in DRAW_CALLS and names(e) & odes:
                message = f"'implicit' differentiates the equation for '{s.var}': that of {text(e)} is not known."
                self.problem("E402", message, s, "use 'semiimplicit', 'exponential' or 'rk4'")

    def culprit(self, derivative: Expr, var: str) -> str:
        """Return the smallest term, as text, that is not linear in `var`."""
        worst = self.expand(derivative)
        while True:
            parts = [p for p in operands(worst) if affine(p, lambda e: isinstance(e, Name) and e.id == var) is None]
            if not parts or not (_is_sum(worst) or _is_sum(parts[0])):
                return text(worst)
            worst = parts[0]

    def systems(
        self, variables: list[str], derivatives: dict[str, Expr], block: frozenset[str]
    ) -> tuple[list[LinearSystem], dict[str, str]]:
        """Split the linear equations among `variables` into coupled systems; the second result says why not.

        What stays outside the matrix may be any value that does not change inside a step.
        """
        rows: dict[str, tuple[dict[str, Expr], Expr]] = {}
        failed: dict[str, str] = {}
        for var in variables:
            rest = self.expand(derivatives[var])
            row: dict[str, Expr] = {}
            for other in variables:
                split = self.linear(rest, other) if other in names(rest) else (number(0.0), rest)
                if split is None:
                    failed[var] = f"it is not linear in '{other}'; see the term {self.culprit(rest, other)}"
                    break
                coefficient, rest = split
                if is_number(coefficient, 0.0):
                    continue
                if not self.steady(coefficient):
                    failed[var] = f"the coefficient of '{other}', {text(coefficient)}, changes during a run"
                    break
                row[other] = coefficient
            else:
                changing = sorted(self.moving(rest) & (block | {"t"}))
                if changing:
                    failed[var] = f"it depends on '{changing[0]}', which changes inside a step"
                elif any(isinstance(e, Call) and e.func in DRAW_CALLS for e in walk(rest)):
                    failed[var] = "it contains a random number"
                rows[var] = (row, rest)
        if self.model.kind == "synapse" and not failed:
            failed = beyond(rows)
        systems = []
        if not failed:
            for group in _components(variables, {v: set(rows[v][0]) for v in variables}):
                a = tuple(tuple(rows[i][0].get(j) for j in group) for i in group)
                b = tuple(None if is_number(rows[i][1], 0.0) else rows[i][1] for i in group)
                systems.append(LinearSystem(tuple(group), a, b))
        return systems, failed

    def moving(self, expr: Expr) -> frozenset[str]:
        """Names in `expr`, but not the times at which TimedArrays are read (they hold a value for a step)."""
        if isinstance(expr, Call) and expr.func in self.symbols:
            return frozenset()
        if isinstance(expr, Name):
            return frozenset((expr.id,))
        return frozenset().union(*(self.moving(p) for p in operands(expr)))

    def event_driven(self, statements: list[OdeStatement]) -> tuple[OdeRule, ...]:
        """Event-driven equations: x' = a x + b with a and b free of every variable, solved over the interval."""
        rules = []
        for s in statements:
            derivative = self.derivative(s)
            split = self.linear(derivative, s.var)
            if split is None:
                self.problem("E402", f"event-driven '{s.var}' needs an equation linear in '{s.var}'; the term "
                             f"{self.culprit(derivative, s.var)} is not.", s, "mark it (clock-driven)")  # fmt: skip
                continue
            for part in split:
                bad = [n for n in sorted(names(part)) if not self.constant(self.symbols[n])]
                if bad:
                    self.problem(
                        "E402", f"event-driven '{s.var}' may not depend on '{bad[0]}'.", s, "only parameters may occur"
                    )
            rules.append(
                OdeRule(
                    s.var,
                    derivative,
                    "event-driven",
                    "solved from event to event",
                    s.unless_refractory,
                    split[0],
                    split[1],
                )
            )
        return tuple(rules)


def _is_held(expr: Expr) -> bool:
    return isinstance(expr, Call) or (isinstance(expr, Binary) and expr.op in COMPARISONS)


def _is_sum(expr: Expr) -> bool:
    return isinstance(expr, Unary) or (isinstance(expr, Binary) and expr.op in ("+", "-"))


def _components(variables: list[str], edges: dict[str, set[str]]) -> list[list[str]]:
    """Return the weakly connected components, in declaration order."""
    group = {v: k for k, v in enumerate(variables)}
    for v in variables:
        for w in edges[v]:
            old, new = sorted((group[v], group[w]), reverse=True)
            group = {k: new if g == old else g for k, g in group.items()}
    return [[v for v in variables if group[v] == g] for g in sorted(set(group.values()))]
