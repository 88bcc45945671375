"""Where in the texts of a model an edit acts: found on the syntax tree, done on the user's text.

What is not edited keeps its layout and its comments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from .source import Source, Span
from .tree import (
    Assign,
    Attr,
    Binary,
    Call,
    Decl,
    Deriv,
    Expr,
    FuncDef,
    IfElse,
    Name,
    Ode,
    Statement,
    SyntaxTree,
    Unary,
)


@dataclass(frozen=True, slots=True)
class Splice:
    """Text that takes the place of a range of a source (an empty one: is inserted)."""

    part: int
    start: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A statement of a model: `part` is the number of its source."""

    part: int
    statement: Statement

    @property
    def span(self) -> Span:
        """Its range in the source."""
        return self.statement.span


def spliced(sources: Sequence[Source], splices: Iterable[Splice]) -> tuple[Source, ...]:
    """Return sources with all replacements done; they must not overlap."""
    texts = [source.text for source in sources]
    for s in sorted(splices, key=lambda s: (s.part, s.start), reverse=True):
        texts[s.part] = texts[s.part][: s.start] + s.text + texts[s.part][s.stop :]
    return tuple(replace(source, text=text) for source, text in zip(sources, texts, strict=True))


def defined_name(statement: Statement) -> str:
    """Return the name that a statement defines or writes; "" for attributes of other groups."""
    match statement:
        case Ode(var, _, _, _, _):
            return var
        case Assign(Name(name, _), _, _, _, _):
            return name
        case Decl(name, _, _) | FuncDef(name, _, _, _):
            return name
    return ""


def statements(tree: SyntaxTree, roles: Iterable[str]) -> list[Place]:
    """Return the statements of all parts with one of some roles, in order."""
    wanted = set(roles)
    return [
        Place(number, statement)
        for number, part in enumerate(tree.parts)
        if part.source.role in wanted
        for statement in part.statements
    ]


def term(tree: SyntaxTree, place: Place, added: str, value: Expr) -> Splice:
    """Return what adds a term (its text and tree) to the right side of an equation or assignment."""
    statement = place.statement
    assert isinstance(statement, (Ode, Assign))
    right = statement.rhs if isinstance(statement, Ode) else statement.value
    source = tree.parts[place.part].source.text
    left = source[right.span.start : right.span.stop]
    sign = "+"
    if isinstance(value, Unary) and value.op == "-":
        sign, added = "-", added.strip()[1:].strip()
        value = value.operand
    if _is_loose(right):
        left = f"({left})"
    if _is_loose(value) or (isinstance(value, Binary) and value.op in ("+", "-")):
        added = f"({added})"
    return Splice(place.part, right.span.start, right.span.stop, f"{left} {sign} {added}")


def _is_loose(value: Expr) -> bool:
    """Tell whether an expression needs brackets inside a sum."""
    if isinstance(value, Binary):
        return value.op in ("and", "or", "<", "<=", ">", ">=", "==", "!=")
    return isinstance(value, IfElse) or (isinstance(value, Unary) and value.op == "not")


def insertion(tree: SyntaxTree, place: Place, text: str, after: bool) -> Splice:
    """Return what puts a statement before or after another; comments stay with theirs."""
    source, span = tree.parts[place.part].source.text, place.span
    if not after:
        return Splice(place.part, span.start, span.start, f"{text}\n{_indent(source, span.start)}")
    end = source.find("\n", span.stop)
    rest = source[span.stop : end if end >= 0 else len(source)].strip()
    at = span.stop if rest and not rest.startswith("#") else (end if end >= 0 else len(source))
    return Splice(place.part, at, at, f"\n{_indent(source, span.start)}{text}")


def _indent(source: str, position: int) -> str:
    line = source[source.rfind("\n", 0, position) + 1 : position]
    return line if not line.strip() else ""


def renaming(tree: SyntaxTree, old: str, new: str) -> list[Splice]:
    """Return what gives a name of the model another one wherever it stands for the model's own variable.

    Arguments of functions hide it. Renaming ``g_exc`` renames the target in ``sum(exc)`` as well.
    """
    found: list[Splice] = []
    for number, part in enumerate(tree.parts):
        text = part.source.text
        nodes: list[object] = [*part.statements, part.expression]
        for node in nodes:
            if isinstance(node, FuncDef) and old in node.params:
                continue
            for place in _occurrences(node, old):
                written = text[place.start : place.stop]
                found.append(Splice(number, place.start, place.stop, _renamed(written, old, new)))
    return found


def _renamed(written: str, old: str, new: str) -> str:
    """Return an occurrence with the new name: the name itself, ``d<name>/dt``, or the target of ``sum``."""
    if written == old:
        return new
    if f"g_{written}" == old:
        return new.removeprefix("g_")
    return written.replace(f"d{old}", f"d{new}", 1)


def _occurrences(node: object, name: str) -> Iterator[Span]:
    match node:
        case Name(id_, span):
            if id_ == name:
                yield span
            return
        case Deriv(id_, span):
            if id_ == name:
                yield span
            return
        case Attr():
            return
        case Call("sum", (Name(target, span),), _, "") if f"g_{target}" == name:
            yield span
            return
        case Call(func, _, span, group) if func == name and not group:
            yield Span(span.part, span.start, span.start + len(func))
        case Decl(id_, _, span) | FuncDef(id_, _, _, span) if id_ == name:
            yield Span(span.part, span.start, span.start + len(name))
    if isinstance(node, tuple):
        for item in node:
            yield from _occurrences(item, name)
    elif hasattr(node, "__dataclass_fields__") and not isinstance(node, Span):
        for field in fields(node):  # type: ignore[arg-type]
            if field.name not in ("span", "unit"):
                yield from _occurrences(getattr(node, field.name), name)


def names_used(tree: SyntaxTree) -> set[str]:
    """Return every name that stands anywhere in the texts."""
    found: set[str] = set()

    def visit(node: object) -> None:
        if isinstance(node, Name):
            found.add(node.id)
        elif isinstance(node, tuple):
            for item in node:
                visit(item)
        elif hasattr(node, "__dataclass_fields__") and not isinstance(node, (Span, Source)):
            for field in fields(node):  # type: ignore[arg-type]
                visit(getattr(node, field.name))

    visit(tree.parts)
    return found | {defined_name(s) for part in tree.parts for s in part.statements} - {""}
