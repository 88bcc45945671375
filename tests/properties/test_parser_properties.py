"""Laws of the parser: printing and reading again changes nothing, layout and comments mean nothing."""

from __future__ import annotations

from random import Random

import hostile_texts
import pytest

from ranvier.compiler import RanvierError, Source, parse, parse_expression
from ranvier.compiler.tree import Binary, Call, Expr, IfElse, Name, Num, Unary, canonical


def printed(node: Expr) -> str:
    """Print an expression with all its brackets."""
    match node:
        case Num(value, integer, _):
            return repr(int(value)) if integer else repr(value)
        case Name(name, _):
            return name
        case Unary(op, operand, _):
            return f"({op} {printed(operand)})"
        case Binary(op, left, right, _):
            return f"({printed(left)} {op} {printed(right)})"
        case IfElse(condition, then, otherwise, _):
            return f"ite({printed(condition)}, {printed(then)}, {printed(otherwise)})"
        case Call(func, args, _, _):
            return f"{func}({', '.join(printed(a) for a in args)})"
    return "True" if canonical(node) == "Bool[True]" else "False"


@pytest.mark.parametrize("seed", range(300))
def test_printing_and_reading_again(seed: int) -> None:
    first = parse_expression(Source("string", hostile_texts.expression(Random(seed), 5)))
    assert canonical(parse_expression(Source("string", printed(first)))) == canonical(first)


@pytest.mark.parametrize("seed", range(100))
def test_layout_means_nothing(seed: int) -> None:
    rng = Random(seed)
    # A flag that is misspelt on purpose would end the comparison.
    lines = [hostile_texts.statement(rng).replace("exponentiel", "rk4").replace(", mV", "") for _ in range(4)]
    lines = [line for line in lines if ": mV" not in line and "(mV" not in line and line.count("rk4") < 2]
    plain = "\n".join(lines)
    spread = " # comment = 1 : volt\n\n\t".join(line.replace("(", "( ").replace(",", " ,\n ") for line in lines)

    def read(code: str) -> str:
        try:
            return parse("neuron", "N", (Source("equations", code),)).dump()
        except RanvierError as error:
            return type(error).__name__

    assert read(plain) == read(spread)
    assert read(plain) == read(" ; ".join(lines))
