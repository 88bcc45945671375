"""Which names a model declares, and how: the first pass of `resolve`.

Declarations are collected from the whole text before any expression is looked at, so their order does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from .annotations import FLAGS, OTHER_TOPICS, Facts, facts
from .errors import Diagnostic, Refusal
from .functions import FUNCTIONS, is_reduction
from .model import Dimension, Locality, Type
from .names import RESERVED
from .parser import children
from .source import Span
from .tree import Annotation, Assign, Attr, Call, Decl, Expr, FuncDef, Name, Ode, Statement, SyntaxTree
from .unsupported import unavailable

#: (name, dimension, type, locality) of a parameter whose value comes from Python.
Given: TypeAlias = tuple[str, Dimension | None, Type, Locality]
Origin = Literal["parameter", "declaration", "equation", "assignment", "subexpression", "created"]
_NOISE = re.compile(r"xi(_\w+)?\Z")
_ELSEWHERE = "other statements belong in 'equations'"
_WRITTEN = "write it in 'pre_spike' or 'post_spike'; a sum in every step is 'x_post = ... : 1 (summed)'"


@dataclass(slots=True)
class Declaration:
    """One name of the model, while its meaning is being worked out."""

    name: str
    origin: Origin
    facts: Facts
    span: Span | None
    value: Expr | None = None


@dataclass(slots=True)
class Declarations:
    """All names of a model, its functions and its equations, in the order of the text."""

    names: dict[str, Declaration] = field(default_factory=dict)
    functions: dict[str, FuncDef] = field(default_factory=dict)
    equations: list[tuple[Ode | Assign, Facts]] = field(default_factory=list)
    summed: list[Assign] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    units: bool = False

    def problem(self, code: str, message: str, span: Span, help: str = "") -> None:
        """Note a mistake."""
        self.problems.append(Diagnostic(code, message, span, help))


def declarations(tree: SyntaxTree, given: Iterable[Given]) -> Declarations:
    """Collect the declarations of all parts; mistakes are in `problems`."""
    found = Declarations()
    for name, dimension, type_, locality in given:
        facts_ = Facts(dimension=dimension, type=type_, locality=locality)
        found.names[name] = Declaration(name, "parameter", facts_, None)
    handlers: dict[str, Callable[[Declarations, SyntaxTree, Statement], None]] = {
        "parameters": _parameter,
        "equations": _equation,
        "functions": _function_only,
    }
    for part in tree.parts:
        handler = handlers.get(part.source.role, _code)
        for statement in part.statements:
            try:
                handler(found, tree, statement)
            except Refusal as refusal:
                found.problems.append(refusal.diagnostic)
    _declare_incremented(found, tree)
    _share_linked(found)
    return found


def _share_linked(found: Declarations) -> None:
    """A linked variable that a shared value is made of has one value, too: that of one neuron."""
    for value in _shared_values(found):
        for node in _outside_reductions(value):
            known = found.names.get(node.id) if isinstance(node, Name) else None
            if known is not None and known.facts.linked and known.facts.locality is None:
                known.facts = replace(known.facts, locality="shared")


def _shared_values(found: Declarations) -> Iterator[Expr]:
    """Yield the right-hand sides of everything that has one value for the whole group."""
    for declaration in found.names.values():
        if declaration.origin == "subexpression" and declaration.facts.locality == "shared" and declaration.value:
            yield declaration.value
    for statement, known in found.equations:
        if known.locality == "shared":
            yield statement.rhs if isinstance(statement, Ode) else statement.value


def _outside_reductions(expr: Expr) -> Iterator[Expr]:
    """Yield the nodes of an expression, but for the arguments of functions over the population."""
    yield expr
    if isinstance(expr, Call) and is_reduction(expr.func, len(expr.args)):
        return
    for child in children(expr):
        yield from _outside_reductions(child)


def _declare_incremented(found: Declarations, tree: SyntaxTree) -> None:
    """``x += ...`` of a name that nothing declares makes it a variable, which starts at 0 (as in ANNarchy)."""
    for statement, known in found.equations:
        if isinstance(statement, Assign) and isinstance(statement.target, Name):
            name = statement.target.id
            written_elsewhere = name.startswith("g_") or name.endswith(("_pre", "_post"))
            if name not in found.names and not written_elsewhere:
                _declare(found, tree, Declaration(name, "assignment", known, statement.target.span))


#: What flags may say, by what they stand behind; `facts` has sorted out unit, type and locality.
_MEANINGFUL: dict[str, frozenset[str]] = {
    "parameter": frozenset({"locality", "type", "constant", "init", "min", "max"}),
    "declaration": frozenset({"locality", "type", "constant", "linked", "init", "min", "max"}),
    "equation": frozenset({"locality", "type", "method", "update", "unless_refractory", "init", "min", "max"}),
    "assignment": frozenset({"locality", "type", "storage", "unless_refractory", "init", "min", "max"}),
    "subexpression": frozenset({"locality", "type", "storage"}),
    "summed": frozenset(),
}


def _facts(found: Declarations, statement: Ode | Assign | Decl, name: str, origin: str) -> Facts:
    """Return what the annotation says; flags without meaning here are mistakes, as are those not available yet."""
    annotation = statement.annotation
    try:
        result = facts(annotation, name)
    except Refusal as refusal:
        found.problems.append(refusal.diagnostic)
        result = Facts(unit=True)
    found.units |= result.unit
    if origin == "assignment" and isinstance(statement, Assign) and statement.op == "=":
        origin = "subexpression" if _is_subexpression(result) else origin
    for flag in annotation.flags if annotation else ():
        topic = FLAGS[flag.word][0]
        if topic == "summed" and origin == "summed":
            continue
        if topic in OTHER_TOPICS:
            found.problems.append(unavailable(flag.word, flag.span))
        elif topic not in _MEANINGFUL[origin]:
            article = "an" if origin[0] in "ae" else "a"
            fitting = ", ".join(sorted(w for w, (t, _) in FLAGS.items() if t in _MEANINGFUL[origin]))
            message = f"the flag '{flag.word}' has no meaning for {article} {origin}"
            found.problem("E102", message, flag.span, f"flags that have: {fitting}")
    return result


def _is_subexpression(known: Facts) -> bool:
    return known.storage == "inline" or (known.unit and not known.storage)


def _is_summed(annotation: Annotation | None) -> bool:
    return annotation is not None and any(flag.word == "summed" for flag in annotation.flags)


def _parameter(found: Declarations, tree: SyntaxTree, statement: Statement) -> None:
    match statement:
        case FuncDef():
            _function(found, tree, statement)
        case Decl(name, _, span):
            known = _facts(found, statement, name, "parameter")
            _declare(found, tree, Declaration(name, "parameter", known, span, known.init))
        case Assign(Name(name, _), "=", value, _, span):
            known = _facts(found, statement, name, "parameter")
            if known.init is not None:
                found.problem("E102", f"'init' of the parameter '{name}': it has a value already", known.init.span)
            _declare(found, tree, Declaration(name, "parameter", known, span, value))
        case Ode(var, _, _, _, span):
            found.problem(
                "E101", f"the equation of '{var}' belongs in 'equations', not in 'parameters'", span, "move it"
            )
        case _:
            found.problem("E101", "a parameter is given as 'name = value'", statement.span, "write 'tau = 10.0'")


def _equation(found: Declarations, tree: SyntaxTree, statement: Statement) -> None:
    match statement:
        case FuncDef():
            _function(found, tree, statement)
        case Decl(name, _, span):
            known = _facts(found, statement, name, "declaration")
            if known.linked and (known.constant or known.init or known.min or known.max):
                message = f"'{name}' is linked: its values are those of another population"
                found.problem("E102", message, span, "leave out its other flags")
            old = found.names.get(name)
            if old is not None and old.span is None:  # a parameter from Python: the text adds its unit
                old.facts, old.span = known.merged(old.facts), span
                return
            _declare(found, tree, Declaration(name, "declaration", known, span, known.init))
        case Assign(Name() | Attr(), "=", _, annotation, _) if tree.kind == "synapse" and _is_summed(annotation):
            _facts(found, statement, "", "summed")
            found.summed.append(statement)
        case Ode(var, _, _, _, span):
            known = _facts(found, statement, var, "equation")
            if known.type in ("int", "bool"):
                what = "an integer" if known.type == "int" else "a boolean"
                message = f"'{var}' is {what}; only float variables can have a differential equation"
                found.problem("E204", message, span, f"leave out '{known.type}', or step it: '{var} = {var} + 1'")
            if _declare(found, tree, Declaration(var, "equation", known, span)):
                found.equations.append((statement, known))
        case Assign(Name(name, _), op, value, _, span):
            known = _facts(found, statement, name, "assignment")
            if op != "=":
                found.equations.append((statement, known))
            elif _is_subexpression(known):
                _declare(found, tree, Declaration(name, "subexpression", known, span, value))
            elif _declare(found, tree, Declaration(name, "assignment", known, span)):
                found.equations.append((statement, known))
        case Assign(Attr(group, name, span)):
            found.problem(
                "E101", f"'{group}.{name}' can only be written in code of events, not in equations", span, _WRITTEN
            )


def _function_only(found: Declarations, tree: SyntaxTree, statement: Statement) -> None:
    if isinstance(statement, FuncDef):
        _function(found, tree, statement)
    else:
        found.problem("E101", "functions are written 'f(x, y) = ...'", statement.span, _ELSEWHERE)


def _code(found: Declarations, tree: SyntaxTree, statement: Statement) -> None:
    """Code of events declares nothing (a synapse may create names there, see `synapse`)."""
    match statement:
        case FuncDef():
            _function(found, tree, statement)
        case Ode(var, _, _, _, span):
            found.problem(
                "E101", f"the equation of '{var}' belongs in 'equations', not in code of an event", span, "move it"
            )
        case Decl(name, _, span) if name not in ("pruning", "creating"):
            found.problem("E101", f"'{name}' must be declared in 'equations', not in code of an event", span, "move it")


def _function(found: Declarations, tree: SyntaxTree, definition: FuncDef) -> None:
    name = definition.name
    place = Span(definition.span.part, definition.span.start, definition.span.start + len(name))
    if name in found.functions and tree.parts[definition.span.part].source.label == "added":
        return  # the model's own definition wins over one that was added for all models
    if name in found.functions:
        message = _twice(name, found.functions[name].span, definition.span, tree)
        found.problem("E202", message, place, "keep one of them, or rename one")
    elif name in FUNCTIONS:
        found.problem("E203", f"'{name}' is a function already", place, f"choose another name, such as 'my_{name}'")
    found.functions[name] = definition


def _declare(found: Declarations, tree: SyntaxTree, new: Declaration) -> bool:
    """Add a name; False, with a problem, when it is taken or reserved."""
    assert new.span is not None
    place = place_of(new.name, new.span, tree)
    if new.name in RESERVED or _NOISE.match(new.name):
        found.problem("E203", f"'{new.name}' is a reserved name", place, "choose another name")
        return False
    if new.name in FUNCTIONS:
        message = f"'{new.name}' is a function and cannot be a variable name"
        found.problem("E203", message, place, "choose another name")
        return False
    old = found.names.get(new.name)
    if old is None:
        found.names[new.name] = new
        return True
    if old.origin == "parameter" and new.origin != "parameter":
        message = f"'{new.name}' is a parameter and has an equation too"
        help = "parameters are read-only for equations: leave it out of 'parameters' and give its start as 'init='"
        found.problem("E202", message, place, help)
    else:
        message = _twice(new.name, old.span, new.span, tree)
        help = "keep one of them, or rename one"
        if {old.origin, new.origin} == {"declaration", "assignment"}:
            help = f"write the unit and the flags behind the assignment, as in '{new.name} = ... : init=0.0'"
        found.problem("E202", message, place, help)
    return False


def place_of(name: str, statement: Span, tree: SyntaxTree) -> Span:
    """Return where in its statement a name first stands."""
    text = tree.parts[statement.part].source.text[statement.start : statement.stop]
    match = re.search(rf"\bd?({re.escape(name)})\b", text)
    if match is None:
        return statement
    return Span(statement.part, statement.start + match.start(1), statement.start + match.end(1))


def _twice(name: str, first: Span | None, second: Span, tree: SyntaxTree) -> str:
    if first is None:
        return f"'{name}' is defined twice (once from Python)"
    a, b = tree.parts[first.part].source, tree.parts[second.part].source
    lines = a.line_of(first.start), b.line_of(second.start)
    if a is b:
        where = f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]} and {lines[1]}"
    else:
        where = f"{a.role}, line {lines[0]}, and {b.role}, line {lines[1]}"
    return f"'{name}' is defined twice ({where})"
