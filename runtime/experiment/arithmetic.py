"""Arithmetic texts over named values, such as ``"g_ampa - 2*g_gaba"``: read with `ast`, never executed as code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..problems import ValueProblem, nearest

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Mod: operator.mod,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": np.abs, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "tanh": np.tanh, "min": np.minimum, "max": np.maximum, "clip": np.clip,
}  # fmt: skip


def names_in(expression: str) -> list[str]:
    """Return the names that a text needs values of, in order."""
    tree = _parsed(expression)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)
    return list(dict.fromkeys(node.id for node in found))


def evaluate_expression_with_dict(expression: str, value_dict: Mapping[str, Any]) -> Any:
    """Return the value of an arithmetic text.

    Parameters
    ----------
    expression : str
        ``+ - * / ** %``, parentheses, numbers, names, and abs, exp, log, sqrt, sin, cos, tan, tanh, min, max, clip.
    value_dict : dict
        Name -> number or array.
    """
    return _value(_parsed(expression), value_dict, expression)


def _parsed(expression: str) -> ast.expr:
    try:
        return ast.parse(expression.strip().replace("^", "**"), mode="eval").body
    except SyntaxError:
        raise ValueProblem(f"'{expression}' is no arithmetic expression.") from None


def _value(node: ast.expr, values: Mapping[str, Any], text: str) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            if name not in values:
                raise ValueProblem(f"'{text}': there is no value of '{name}'.", help=nearest(name, values))
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, values, text), _value(right, values, text))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand, values, text))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(argument, values, text) for argument in arguments))
    raise ValueProblem(f"'{text}': '{ast.unparse(node)}' is not understood.")
