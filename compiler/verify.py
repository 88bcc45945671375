"""Invariants of the IR, checked after lowering. A violation is our mistake, never the user's."""

from __future__ import annotations

from .errors import InternalError
from .ir import (
    ARITY,
    DRAWS,
    Accumulate,
    Const,
    Draw,
    Expr,
    KernelIR,
    Let,
    Op,
    Program,
    Reduce,
    Ref,
    Repeat,
    Store,
    walk,
)
from .registered import arities

_TO_BOOL = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "to_bool", "isnan", "isfinite"})
_TO_INT = frozenset({"ifloordiv", "imod", "to_int"})
#: Operations whose operands and result have one type.
_UNIFORM = frozenset({"neg", "add", "sub", "mul", "min", "max"})
SCALARS = {"t": "float", "dt": "float", "@step": "int", "@N": "int", "@i": "int", "@j": "int"}


def verify(kernel: KernelIR) -> None:
    """Check names, types, arities and the order of effects; raise InternalError on the first violation."""
    types = {e.name: e.type for e in kernel.layout}
    if len(types) != len(kernel.layout):
        raise InternalError("an array occurs twice in the layout")
    for e in kernel.layout:
        unknown = [d for d in e.deps if d not in types]
        if unknown and e.role in ("derived", "matrix", "propagator"):
            raise InternalError(f"'{e.name}' depends on '{unknown[0]}', which is not in the layout")
    arity = {**ARITY, **arities(kernel.functions)}
    for program in kernel.programs:
        _verify_program(program, {**SCALARS, **types}, len(kernel.draws), arity)


def _verify_program(program: Program, known: dict[str, str], draws: int, arity: dict[str, int]) -> None:
    effects = False
    for statement in program.statements:
        where = f"{program.name}, '{statement.name}'"
        if isinstance(statement, Repeat):
            if effects:
                raise InternalError(f"{where}: iteration after an effect")
            known = _verify_repeat(statement, known, draws, arity, where)
            continue
        for expr in walk(statement.expr):
            _verify_expr(expr, known, draws, arity, where)
        match statement:
            case Let(name, expr, _):
                if effects or name in known:
                    raise InternalError(f"{where}: a temporary after an effect, or assigned twice")
                known = {**known, name: expr.type}
            case Store(name, expr) | Accumulate(name, _, expr):
                effects = True
                if known.get(name) != expr.type:
                    raise InternalError(f"{where}: {expr.type} stored in {known.get(name)}")
            case Reduce(name, _, expr):
                effects = True
                if known.get(name) != "float" or expr.type != "float":
                    raise InternalError(f"{where}: only floats are reduced")


def _verify_repeat(
    repeat: Repeat, known: dict[str, str], draws: int, arity: dict[str, int], where: str
) -> dict[str, str]:
    """Return the names known after an iteration."""
    def check(expr: Expr, names: dict[str, str]) -> None:
        for node in walk(expr):
            _verify_expr(node, names, draws, arity, where)

    for c in repeat.carried:
        check(c.initial, known)
        if c.name in known or c.result in known or c.initial.type != c.next.type:
            raise InternalError(f"{where}: '{c.name}' is known already, or changes its type")
    inside = {**known, **{c.name: c.next.type for c in repeat.carried}}
    for let in repeat.body:
        check(let.expr, inside)
        if let.name in inside:
            raise InternalError(f"{where}: '{let.name}' assigned twice")
        inside[let.name] = let.expr.type
    for expr in (*(c.next for c in repeat.carried), repeat.until):
        check(expr, inside)
    if repeat.until.type != "bool" or repeat.limit < 1:
        raise InternalError(f"{where}: an iteration ends on a condition, after one round or more")
    return {**known, **{c.result: c.next.type for c in repeat.carried}}


def _verify_expr(expr: Expr, known: dict[str, str], draws: int, arity: dict[str, int], where: str) -> None:
    match expr:
        case Ref(name, type_):
            if known.get(name) != type_:
                raise InternalError(f"{where}: '{name}' read as {type_} but is {known.get(name)}")
        case Const(value, type_):
            if (type_ == "bool") != isinstance(value, bool):
                raise InternalError(f"{where}: literal {value!r} of type {type_}")
        case Draw(kind, occurrence, args, _):
            if kind not in DRAWS or len(args) != DRAWS[kind] or not 0 <= occurrence < draws:
                raise InternalError(f"{where}: bad draw {kind}#{occurrence}")
        case Op(op, args, type_):
            if arity.get(op) != len(args):
                raise InternalError(f"{where}: {op} with {len(args)} operands")
            _verify_types(op, [a.type for a in args], type_, where)


def _verify_types(op: str, args: list[str], result: str, where: str) -> None:
    if op in _TO_BOOL:
        fits = result == "bool" and (op not in ("and", "or", "not") or set(args) == {"bool"})
    elif op in _TO_INT:
        fits = result == "int"
    elif op == "select":
        fits = args[0] == "bool" and args[1] == args[2] == result
    elif op in _UNIFORM:
        fits = set(args) == {result} and result != "bool"
    else:
        fits = result == "float"
    if not fits:
        raise InternalError(f"{where}: {op}({', '.join(args)}) -> {result}")
