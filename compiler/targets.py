"""Several targets of one projection: what is added to ``g_target`` is added to the others as well."""

from __future__ import annotations

from dataclasses import replace

from .errors import Diagnostic, model_error
from .source import Span
from .tree import Assign, Attr, Name, Part, Statement, SyntaxTree


def with_targets(tree: SyntaxTree, more: tuple[str, ...]) -> SyntaxTree:
    """Return a synapse whose statements on ``g_target`` are followed by the same on each further target.

    Raises
    ------
    ModelError
        The synapse has a `psp`, which goes to one target.
    """
    if not more:
        return tree
    for number, part in enumerate(tree.parts):
        if part.source.role == "psp":
            problem = Diagnostic(
                "E104", "a 'psp' goes to one target, and this connection has several", Span(number, 0, 1),
                "connect once per target",
            )  # fmt: skip
            raise model_error("synapse", tree.name, tree, [problem])
    return replace(tree, parts=tuple(_part(part, more) for part in tree.parts))


def _part(part: Part, more: tuple[str, ...]) -> Part:
    if part.source.role not in ("pre_spike", "post_spike"):
        return part
    statements: list[Statement] = []
    for statement in part.statements:
        statements.append(statement)
        if isinstance(statement, Assign) and _is_target(statement.target):
            span = statement.target.span
            statements += [replace(statement, target=Attr("post", f"g_{name}", span)) for name in more]
    return replace(part, statements=tuple(statements))


def _is_target(target: Name | Attr) -> bool:
    return (target.id if isinstance(target, Name) else target.name) == "g_target"
