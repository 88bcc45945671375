"""`parse`: the texts of a model -> `SyntaxTree`.

Every logical line is read on its own, so all unreadable lines of all texts are reported together.
"""

from __future__ import annotations

from typing import Literal

from .annotations import parse_annotation
from .errors import Diagnostic, Refusal, model_error
from .hints import left_side, python_word, without_equals
from .lexer import ASSIGNMENTS, Token, check_tokens, logical_lines
from .parser import Parser, check_size, refuse_keyword
from .source import Source, Span
from .tree import Annotation, Assign, Attr, Decl, Expr, FuncDef, Name, Ode, Part, Statement, SyntaxTree
from .units import lookup

STATEMENT_ROLES = frozenset(
    {"parameters", "equations", "reset", "axon_reset", "pre_spike", "post_spike", "pre_axon_spike", "functions", "code"}
)
EXPRESSION_ROLES = frozenset(
    {"spike", "refractory", "psp", "axon_spike", "event", "pruning", "creating", "condition", "string"}
)
#: What the flags of structural plasticity may be.
_ANNOTATED = {"pruning": ("proba",), "creating": ("proba", "w", "d")}
_QUANTITIES = frozenset({"refractory", "string"})
_NAMES = {"spike": "spike condition", "string": "expression", "event": "event condition"}


def parse(kind: Literal["neuron", "synapse"], name: str, sources: tuple[Source, ...]) -> SyntaxTree:
    """Parse the texts of a model.

    Parameters
    ----------
    kind : {"neuron", "synapse"}
    name : str
        The model's name, for messages.
    sources : tuple of Source
        Their order decides what spans point to: ``tree.parts[k].source is sources[k]``.

    Raises
    ------
    SyntaxProblem
        With one diagnostic per line that cannot be read.
    """
    diagnostics: list[Diagnostic] = []
    parts = tuple(_parse_part(source, number, diagnostics) for number, source in enumerate(sources))
    if diagnostics:
        raise model_error(kind, name, sources, diagnostics)
    return SyntaxTree(kind, name, parts)


def parse_expression(source: Source, kind: str = "", name: str = "") -> Expr:
    """Parse one expression, whatever the role of its source; spans have part 0."""
    diagnostics: list[Diagnostic] = []
    part = _parse_part(Source("string", source.text, source.label), 0, diagnostics)
    if diagnostics:
        raise model_error(kind, name, (source,), diagnostics)
    assert part.expression is not None
    return part.expression


def _parse_part(source: Source, number: int, diagnostics: list[Diagnostic]) -> Part:
    lines = logical_lines(source.text)
    if source.role in EXPRESSION_ROLES:
        try:
            return _expression_part(source, number, [token for line in lines for token in line])
        except Refusal as refusal:
            diagnostics.append(refusal.diagnostic)
            return Part(source, ())
    if source.role not in STATEMENT_ROLES:
        raise ValueError(f"unknown role of a source: {source.role!r}")
    statements: list[Statement] = []
    for tokens in lines:
        try:
            check_tokens(tokens, number)
            statements.append(_statement(tokens, number))
        except Refusal as refusal:
            diagnostics.append(refusal.diagnostic)
    return Part(source, tuple(statements))


def _expression_part(source: Source, number: int, tokens: list[Token]) -> Part:
    check_tokens(tokens, number)
    title = _NAMES.get(source.role, source.role)
    if not tokens:
        raise Refusal(
            Diagnostic("E104", f"the {title} is empty", Span(number, 0, 0), "write one, or leave the argument out")
        )
    if source.role in _QUANTITIES and (quantity := _quantity(tokens, number)) is not None:
        return Part(source, (), quantity)
    parser = Parser(tokens, number)
    expression = parser.expression()
    if parser.token.text in ASSIGNMENTS:
        message = f"the {title} must be one expression without '{parser.token.text}'"
        help = "to compare, write '=='"
        if parser.position + 1 < len(parser.tokens) and parser.tokens[parser.position + 1].text in "<>":
            help = f"write '{parser.tokens[parser.position + 1].text}='"
        raise Refusal(Diagnostic("E104", message, parser.span(parser.token), help))
    statements: tuple[Statement, ...] = ()
    if source.role in _ANNOTATED:
        annotation = _annotation(parser, source.role)
        if annotation is not None:
            _only(_ANNOTATED[source.role], annotation, source.role)
            statements = (Decl(source.role, annotation, parser.since(tokens[0].start)),)
    parser.end()
    check_size(expression)
    return Part(source, statements, expression)


def _only(words: tuple[str, ...], annotation: Annotation, role: str) -> None:
    """Refuse what an annotation of structural plasticity cannot say."""
    wrong = [flag for flag in annotation.flags if flag.word not in words]
    if wrong or annotation.unit is not None:
        what = f"the flag '{wrong[0].word}'" if wrong else "a unit"
        span = wrong[0].span if wrong else annotation.span
        help = "flags that have: " + ", ".join(f"{word}=" for word in words)
        raise Refusal(Diagnostic("E102", f"{what} has no meaning for '{role}'", span, help))


def _quantity(tokens: list[Token], number: int) -> Expr | None:
    """Read ``5 ms`` as ``5*ms``: a number that is followed by the name of a unit."""
    sign = 1 if tokens[0].text in ("-", "+") else 0
    if len(tokens) < sign + 2 or tokens[sign].kind != "number" or lookup(tokens[sign + 1].text) is None:
        return None
    first, unit = tokens[sign], tokens[sign + 1]
    times = Token("op", "*", first.stop, unit.start)
    parser = Parser([*tokens[: sign + 1], times, *tokens[sign + 1 :]], number)
    expression = parser.expression()
    parser.end()
    check_size(expression)
    return expression


def _statement(tokens: list[Token], part: int) -> Statement:
    """Read one logical line; what stands before its first ``=`` or ``:`` outside brackets decides what it is."""
    split = _split(tokens)
    whole = Span(part, tokens[0].start, tokens[-1].stop)
    if split is None:
        refuse_keyword(tokens[0], part)
        message = "this is not a statement: there is no '='"
        raise Refusal(Diagnostic("E101", message, whole, without_equals(tokens)))
    if tokens[split].text == ":":
        return _declaration(tokens, split, part, whole)
    left, op = tokens[:split], tokens[split].text
    parser = Parser(tokens, part)
    parser.position = split + 1
    if split == 0:
        raise Refusal(Diagnostic("E101", "there is nothing left of '='", parser.span(tokens[0]), "write 'name = ...'"))
    if left[0].kind == "name" and split > 2 and left[1].text == "(" and left[-1].text == ")" and not _derivative(left):
        return _definition(left, op, parser, whole)
    target = _target(left, part)
    if target is None:
        return _ode(left, op, parser, whole)
    value = _value(parser)
    label = target.id if isinstance(target, Name) else f"{target.group}.{target.name}"
    return Assign(target, op, value, _annotation(parser, label), whole)


def _split(tokens: list[Token]) -> int | None:
    depth = 0
    for index, token in enumerate(tokens):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif depth <= 0 and (token.text in ASSIGNMENTS or token.text == ":"):
            return index
    return None


def _declaration(tokens: list[Token], split: int, part: int, whole: Span) -> Decl:
    parser = Parser(tokens, part)
    if split != 1 or tokens[0].kind != "name":
        span = Span(part, tokens[0].start, tokens[max(split - 1, 0)].stop)
        if help := python_word(tokens[0].text):
            message = f"'{tokens[0].text}' begins no statement of the language"
            raise Refusal(Diagnostic("E101", message, span, help))
        raise Refusal(Diagnostic("E101", "expected 'name : unit or flags'", span, "an equation needs '=' before ':'"))
    refuse_keyword(tokens[0], part)
    parser.position = split
    annotation = _annotation(parser, tokens[0].text)
    assert annotation is not None
    return Decl(tokens[0].text, annotation, whole)


def _target(left: list[Token], part: int) -> Name | Attr | None:
    if len(left) == 1 and left[0].kind == "name":
        refuse_keyword(left[0], part)
        return Name(left[0].text, Span(part, left[0].start, left[0].stop))
    if len(left) == 3 and left[1].text == "." and left[2].kind == "name" and left[0].text in ("pre", "post"):
        span = Span(part, left[0].start, left[2].stop)
        return Attr("pre" if left[0].text == "pre" else "post", left[2].text, span)
    return None


def _derivative(left: list[Token]) -> bool:
    return any(
        a.text[0] == "d" and len(a.text) > 1 and b.text == "/" and c.text == "dt"
        for a, b, c in zip(left, left[1:], left[2:], strict=False)
    )


def _ode(left: list[Token], op: str, parser: Parser, whole: Span) -> Ode:
    side = Parser(left, parser.part)
    side.left_side = True
    lhs = side.expression()
    side.end()
    found = side.derivatives
    if not found:
        raise Refusal(Diagnostic("E101", "this cannot stand left of '='", lhs.span, left_side(left)))
    if len(found) > 1:
        names = ", ".join(node.name for node in found)
        message = f"the equation names two derivatives ({names}); write one equation each"
        raise Refusal(Diagnostic("E401", message, found[1].span, f"as in 'd{found[0].name}/dt = ...'"))
    if op != "=":
        raise Refusal(
            Diagnostic(
                "E101",
                f"a differential equation has '=', not '{op}'",
                parser.since(whole.start),
                "add terms on the right of '='",
            )
        )
    check_size(lhs)
    rhs = _value(parser)
    return Ode(found[0].name, lhs, rhs, _annotation(parser, found[0].name), whole)


def _definition(left: list[Token], op: str, parser: Parser, whole: Span) -> FuncDef:
    """Read the rule funcdef := NAME "(" [NAME {"," NAME}] ")" "=" expr [":" unit]."""
    part = parser.part
    refuse_keyword(left[0], part)
    if op != "=":
        raise Refusal(
            Diagnostic("E101", f"a function is defined with '=', not '{op}'", parser.since(whole.start), "f(x) = ...")
        )
    inside = left[2:-1]
    params: list[str] = []
    for index, token in enumerate(inside):
        span = Span(part, token.start, token.stop)
        if (token.kind != "name") if index % 2 == 0 else (token.text != ","):
            raise Refusal(Diagnostic("E101", "the arguments of a definition are names", span, "f(x, y) = ..."))
        if token.kind == "name":
            refuse_keyword(token, part)
            if token.text in params:
                raise Refusal(
                    Diagnostic("E202", f"the argument '{token.text}' is named twice", span, "rename one of them")
                )
            params.append(token.text)
    if inside and len(inside) % 2 == 0:
        span = Span(part, inside[-1].start, inside[-1].stop)
        raise Refusal(Diagnostic("E101", "expected a name after ','", span, "remove the ','"))
    body = _value(parser)
    annotation = _annotation(parser, left[0].text)
    if annotation is not None and annotation.flags:
        span = annotation.flags[0].span
        raise Refusal(
            Diagnostic("E102", f"the function '{left[0].text}' takes no flags", span, "a unit may stand there")
        )
    return FuncDef(left[0].text, tuple(params), body, whole)


def _value(parser: Parser) -> Expr:
    value = parser.expression()
    check_size(value)
    return value


def _annotation(parser: Parser, variable: str) -> Annotation | None:
    annotation = parse_annotation(parser, variable)
    for flag in annotation.flags if annotation else ():
        if flag.value is not None:
            check_size(flag.value)
    return annotation
