r"""Syntax-tree expressions as LaTeX: fractions, powers, Greek names, subscripts, cases.

The text is meant to be read, not to be parsed again: brackets are dropped where the layout shows the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from .tree import (
    Annotation,
    Assign,
    Attr,
    Binary,
    Bool,
    Call,
    Decl,
    Deriv,
    Expr,
    FuncDef,
    IfElse,
    Name,
    Num,
    Ode,
    Statement,
    SyntaxTree,
    Unary,
)
from .units import lookup

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
_WORDS = {"inf": r"\infty", "True": r"\mathrm{true}", "False": r"\mathrm{false}", "dt": r"\Delta t"}
#: Functions that LaTeX knows by name.
_KNOWN = frozenset("exp sin cos tan sinh cosh tanh min max".split())
_FUNCTIONS = {"log": r"\ln", "ln": r"\ln", "log10": r"\log_{10}", "log2": r"\log_{2}", "asin": r"\arcsin",
              "acos": r"\arccos", "atan": r"\arctan", "arcsin": r"\arcsin", "arccos": r"\arccos",
              "arctan": r"\arctan"}  # fmt: skip
_RELATIONS = {"<": "<", "<=": r"\leq", ">": ">", ">=": r"\geq", "==": "=", "!=": r"\neq", "and": r"\wedge",
              "or": r"\vee", "+": "+", "-": "-", "%": r"\,\mathrm{mod}\,"}  # fmt: skip
_LEVEL = {"or": 1, "and": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "+": 5, "-": 5,
          "*": 6, "/": 6, "//": 6, "%": 6, "**": 8}  # fmt: skip
_ATOM = 9
_PARTS = re.compile(r"(.*?)([0-9]*)\Z")
#: Greek letters that names begin with when their subscript is glued on: ``taum``.
_GLUED = re.compile(r"(tau|alpha|beta|gamma|delta|theta|lambda|sigma|omega)([A-Za-z]{1,2})\Z")


def latex_name(name: str) -> str:
    r"""Return a name: ``tau_syn_E`` is ``\tau_{\mathrm{syn},E}``, ``g_exc`` is ``g_{\mathrm{exc}}``."""
    if name in _WORDS:
        return _WORDS[name]
    group, dot, rest = name.partition(".")
    if dot:
        return f"{latex_name(rest)}^{{\\mathrm{{{group}}}}}"
    base, *below = [part for part in name.split("_") if part] or [name]
    glued = _GLUED.match(base) or _PARTS.match(base)
    assert glued is not None
    head, rest = glued.groups()
    below = ([rest] if rest and head else []) + below
    first = _word(head or base)
    return f"{first}_{{{','.join(map(_word, below))}}}" if below else first


def _word(word: str) -> str:
    if word in _GREEK:
        return f"\\{word}"
    if word == "inf":
        return _WORDS[word]
    if len(word) == 1 or word.isdigit():
        return word
    return f"\\mathrm{{{word}}}"


def latex(expr: Expr) -> str:
    """Return an expression as LaTeX (mathematics mode)."""
    return _print(expr, 0)


def _number(node: Num) -> str:
    if node.integer:
        return str(int(node.value))
    text = f"{node.value:g}" if float(f"{node.value:g}") == node.value else repr(node.value)
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text if text != "inf" else r"\infty"
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else f"{mantissa} \\cdot {power}"


def _print(node: Expr, level: int) -> str:
    match node:
        case Num():
            return _bracket(_number(node), 6 if "cdot" in _number(node) else _ATOM, level)
        case Bool(value, _):
            return _WORDS[str(value)]
        case Name(name, _):
            return latex_name(name)
        case Attr(group, name, _):
            return latex_name(f"{group}.{name}")
        case Deriv(name, _):
            return f"\\frac{{d{latex_name(name)}}}{{dt}}"
        case Unary("not", operand, _):
            return _bracket(f"\\neg {_print(operand, 8)}", 3, level)
        case Unary(op, operand, _):
            return _bracket(f"{op}{_print(operand, 6)}", 5, level)
        case Binary():
            return _binary(node, level)
        case IfElse(condition, then, otherwise, _):
            rows = [f"{_print(then, 0)} & \\text{{if }} {_print(condition, 0)}"]
            while isinstance(otherwise, IfElse):
                rows.append(f"{_print(otherwise.then, 0)} & \\text{{if }} {_print(otherwise.condition, 0)}")
                otherwise = otherwise.otherwise
            rows.append(f"{_print(otherwise, 0)} & \\text{{otherwise}}")
            return "\\begin{cases} " + r" \\ ".join(rows) + " \\end{cases}"
        case Call():
            return _call(node)


def _wrapped(node: Expr) -> str:
    return f"\\left({_print(node, 0)}\\right)"


def _bracket(text: str, own: int, level: int) -> str:
    return f"\\left({text}\\right)" if own < level else text


def _binary(node: Binary, level: int) -> str:
    op, left, right = node.op, node.left, node.right
    own = _LEVEL[op]
    if op == "/" and isinstance(right, Name) and lookup(right.id) is not None:
        signed = isinstance(left, Unary) or (isinstance(left, Binary) and left.op in ("*", "/"))
        text = f"{_print(left, 5 if signed else own)} \\, {_print(right, _ATOM)}^{{-1}}"
        return _bracket(text, 5 if text.startswith("-") else own, level)
    if op == "/" and isinstance(left, Unary) and left.op == "-":
        return _bracket(f"-{_print(replace(node, left=left.operand), own)}", _LEVEL["+"], level)
    if op == "/":
        return f"\\frac{{{_print(left, 0)}}}{{{_print(right, 0)}}}"
    if op == "//":
        return f"\\left\\lfloor \\frac{{{_print(left, 0)}}}{{{_print(right, 0)}}} \\right\\rfloor"
    if op == "**":
        if isinstance(right, Num) and right.value == 0.5:
            return f"\\sqrt{{{_print(left, 0)}}}"
        plain = isinstance(left, (Num, Name, Bool)) and "^" not in (base := _print(left, _ATOM))
        return f"{base if plain else _wrapped(left)}^{{{_print(right, 0)}}}"
    if op == "*":
        return _product(node, level)
    tight = own + (op in ("-", "%") or own == _LEVEL["=="])
    return _bracket(f"{_print(left, own)} {_RELATIONS[op]} {_print(right, tight)}", own, level)


def _product(node: Binary, level: int) -> str:
    """Return a product; a name that follows itself is a power."""
    printed, dot = "", ""
    for factor, group in groupby(_factors(node), key=_repeated):
        same = list(group)
        if isinstance(factor, str):
            same = [Binary("**", same[0], Num(float(len(same)), True, node.span), node.span)] if len(same) > 1 else same
        for each in same:
            text = _print(each, 5 if not printed and isinstance(each, Unary) else _LEVEL["*"])
            dot = r" \cdot " if isinstance(each, Num) or text[:1].isdigit() else r" \, "
            printed = f"{printed}{dot}{text}" if printed else text
    return _bracket(printed, 5 if printed.startswith("-") else _LEVEL["*"], level)


def _factors(node: Expr) -> Iterator[Expr]:
    """Yield the factors of a product, those in brackets, too."""
    if isinstance(node, Binary) and node.op == "*":
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def _repeated(node: Expr) -> str | int:
    """Return what equal factors share: the name; others are all different."""
    return node.id if isinstance(node, Name) else id(node)


def _call(node: Call) -> str:
    args = [_print(a, 0) for a in node.args]
    match node.func, args:
        case "sqrt", [x]:
            return f"\\sqrt{{{x}}}"
        case (("abs" | "fabs"), [x]):
            return f"\\left|{x}\\right|"
        case "floor", [x]:
            return f"\\left\\lfloor {x} \\right\\rfloor"
        case "ceil", [x]:
            return f"\\left\\lceil {x} \\right\\rceil"
        case (("ite" | "where"), [_, _, _]):
            return _print(IfElse(node.args[0], node.args[1], node.args[2], node.span), 0)
        case (("pow" | "power"), [_, _]):
            return _print(Binary("**", node.args[0], node.args[1], node.span), 0)
        case "exp", [x] if len(x) <= 12 and "frac" not in x:
            return f"e^{{{x}}}"
    name = _FUNCTIONS.get(node.func, f"\\{node.func}" if node.func in _KNOWN else _operator(node.func))
    group = f"^{{\\mathrm{{{node.group}}}}}" if node.group else ""
    return f"{name}{group}\\left({', '.join(args)}\\right)"


def _operator(name: str) -> str:
    return latex_name(name) if len(name) == 1 else f"\\operatorname{{{_plain(name)}}}"


def _plain(name: str) -> str:
    return name.replace("_", r"\_")


def latex_statement(statement: Statement) -> str:
    """Return one statement as LaTeX; declarations are empty."""
    match statement:
        case Ode(_, lhs, rhs, _, _):
            return f"{_print(lhs, 0)} = {_print(rhs, 0)}"
        case Assign(target, "=", value, Annotation(flags=flags), _) if any(f.word == "summed" for f in flags):
            return f"{_end(target)} = \\sum {_print(value, _LEVEL['*'])}"
        case Assign(target, "=", value, _, _):
            return f"{_print(target, 0)} = {_print(value, 0)}"
        case Assign(target, op, value, _, _):
            name = _print(target, 0)
            sign = {"+=": "+", "-=": "-", "*=": r"\cdot", "/=": "/"}[op]
            return f"{name} \\leftarrow {name} {sign} {_print(value, 6 if op in ('-=', '*=', '/=') else 0)}"
        case FuncDef(name, params, body, _):
            args = ", ".join(map(latex_name, params))
            return f"{_operator(name)}\\left({args}\\right) = {_print(body, 0)}"
        case Decl():
            return ""


def _end(target: Name | Attr) -> str:
    """Return a variable of one end of a synapse: ``x_post`` as ``post.x``."""
    name, _, end = target.id.rpartition("_") if isinstance(target, Name) else ("", "", "")
    return latex_name(f"{end}.{name}") if end in ("pre", "post") and name else _print(target, 0)


#: role of a part -> how its lines are introduced.
_TITLES = {
    "functions": "",
    "equations": "",
    "spike": r"\text{spike if }",
    "axon_spike": r"\text{axonal spike if }",
    "axon_reset": r"\text{at an axonal spike: }",
    "event": r"\text{event: }",
    "reset": r"\text{at a spike: }",
    "refractory": r"\text{refractory: }",
    "psp": r"\mathrm{psp} = ",
    "pre_spike": r"\text{at a presynaptic spike: }",
    "post_spike": r"\text{at a postsynaptic spike: }",
}


def _title(role: str, label: str) -> str:
    """Return what introduces a line of a part; a label is the pathway, or the name of an event."""
    title = _TITLES.get(role, f"\\text{{{_plain(role.replace('_', ' '))}: }}")
    return title.replace(": }", f" ({_plain(label)}): }}") if label and role != "functions" else title


def latex_lines(tree: SyntaxTree) -> list[str]:
    """Return the equations, conditions and code of a model, a line of mathematics each; ``&`` is where they align."""
    lines = []
    for part in tree.parts:
        role = part.source.role
        if role == "parameters":
            continue
        title = _title(role, part.source.label)
        for statement in part.statements:
            line = latex_statement(statement)
            if line and role in ("equations", "functions"):
                left, _, right = line.partition(" = ")
                lines.append(f"{left} &= {right}" if right else f"& {line}")
            elif line:
                assignment = line.replace(" = ", r" \leftarrow ", 1)
                lines.append(f"& {title}{assignment}")
        if part.expression is not None:
            unit = r" \, \mathrm{ms}" if role == "refractory" and isinstance(part.expression, Num) else ""
            lines.append(f"& {title}{_print(part.expression, 0)}{unit}")
    return lines


def latex_model(tree: SyntaxTree) -> str:
    """Return a whole model as an ``aligned`` block, without dollar signs."""
    body = " \\\\\n".join(latex_lines(tree))
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"
