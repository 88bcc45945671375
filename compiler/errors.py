"""Errors that users see, and how they are printed.

::

    RanvierError                 root; .code, .span, .diagnostics
    ├── ModelError               a mistake in a model's text; shows the line and a caret
    │   ├── SyntaxProblem        E1xx  cannot be read
    │   ├── NameProblem          E2xx  unknown, duplicate, cyclic, reserved names; types; functions
    │   ├── UnitProblem          E3xx  units do not match
    │   └── MethodProblem        E4xx  a method or feature that does not apply
    ├── ValueProblem             E5xx  a value from Python: shape, type, range (also a ValueError)
    ├── BuildError               E601  the C compiler failed
    └── InternalError            E901  a mistake of ours

    RanvierWarning               category of all warnings (also a UserWarning)

All mistakes that a stage finds are reported together, in one exception that holds one `Diagnostic` each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .source import Source, Span
from .tree import SyntaxTree

#: Diagnostics printed in full; the rest are counted.
MAX_SHOWN = 20
#: Characters of a source line shown around the caret.
MAX_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: a code such as ``"E201"``, what is wrong, where, and what may help."""

    code: str
    message: str
    span: Span | None = None
    help: str = ""


class RanvierError(Exception):
    """Root of all errors of the package.

    Attributes
    ----------
    diagnostics : tuple of Diagnostic
        Every mistake found; the first one gives `code` and `span`.
    """

    default_code = "E900"

    def __init__(self, message: str, code: str = "", help: str = "") -> None:
        super().__init__(message, code, help)
        self.diagnostics: tuple[Diagnostic, ...] = (Diagnostic(code or self.default_code, message, None, help),)

    @property
    def code(self) -> str:
        """Code of the first mistake, such as ``"E201"``."""
        return self.diagnostics[0].code

    @property
    def span(self) -> Span | None:
        """Place of the first mistake in the model's text, if it has one."""
        return self.diagnostics[0].span

    def __str__(self) -> str:
        return "\n".join(render(d) for d in self.diagnostics)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes whatever arguments the class of the error takes."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[RanvierError], args: tuple[Any, ...], state: dict[str, Any]) -> RanvierError:
    error = kind.__new__(kind)
    Exception.__init__(error, *args)
    error.__dict__.update(state)
    return error


class ModelError(RanvierError):
    """Mistakes in the text of a model.

    Parameters
    ----------
    kind, name : str
        What the text belongs to: ``"neuron"`` and ``"LIF"``.
    texts : SyntaxTree or sequence of Source
        The texts that spans point into.
    diagnostics : sequence of Diagnostic
        At least one.
    """

    def __init__(
        self, kind: str, name: str, texts: SyntaxTree | Sequence[Source], diagnostics: Sequence[Diagnostic]
    ) -> None:
        self.sources = tuple(p.source for p in texts.parts) if isinstance(texts, SyntaxTree) else tuple(texts)
        Exception.__init__(self, kind, name, self.sources, tuple(diagnostics))
        self.diagnostics = tuple(diagnostics)
        self.kind = kind
        self.name = name

    def __str__(self) -> str:
        shown = [render(d, self.kind, self.name, self.sources) for d in self.diagnostics[:MAX_SHOWN]]
        if len(self.diagnostics) > MAX_SHOWN:
            shown.append(f"... and {len(self.diagnostics) - MAX_SHOWN} more")
        return "\n".join(shown)


class SyntaxProblem(ModelError):
    """E1xx: a text that cannot be read."""


class NameProblem(ModelError):
    """E2xx: unknown, duplicate, cyclic or reserved names, wrong types, wrong use of functions."""


class UnitProblem(ModelError):
    """E3xx: units that do not match."""


class MethodProblem(ModelError):
    """E4xx: a numerical method or a feature that cannot be applied."""


class ValueProblem(RanvierError, ValueError):
    """E5xx: a value given from Python has a wrong shape, type or range."""

    default_code = "E501"


class BuildError(RanvierError):
    """E601: the C compiler failed.

    Parameters
    ----------
    message : str
        What was being compiled.
    command : str
        The command line.
    stderr : str
        What the compiler printed.
    path : str
        The C file, kept for inspection.
    """

    default_code = "E601"

    def __init__(self, message: str, command: str = "", stderr: str = "", path: str = "") -> None:
        super().__init__(message)
        self.args = (message, command, stderr, path)
        self.command = command
        self.stderr = stderr
        self.path = path

    def __str__(self) -> str:
        details = [("command", self.command), ("file", self.path), ("compiler said", self.stderr.strip())]
        return "\n".join([super().__str__(), *(f"   = {what}: {text}" for what, text in details if text)])


class InternalError(RanvierError):
    """E901: a mistake of ours, never of the user."""

    default_code = "E901"


class RanvierWarning(UserWarning):
    """Category of every warning of the package."""


class Refusal(Exception):
    """One diagnostic on its way to the stage that collects them; never leaves the compiler."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


_CLASSES: dict[str, type[ModelError]] = {
    "E1": SyntaxProblem,
    "E2": NameProblem,
    "E3": UnitProblem,
    "E4": MethodProblem,
}


def model_error(
    kind: str, name: str, texts: SyntaxTree | Sequence[Source], diagnostics: Iterable[Diagnostic]
) -> ModelError:
    """Return the exception that reports `diagnostics`, in the order of the text; its class follows the first code."""
    order = {d: (d.span.part, d.span.start) if d.span else (-1, 0) for d in diagnostics}
    found = sorted(order, key=order.__getitem__)
    return _CLASSES.get(found[0].code[:2], ModelError)(kind, name, texts, found)


def render(diagnostic: Diagnostic, kind: str = "", name: str = "", sources: Sequence[Source] = ()) -> str:
    """Return a diagnostic as text: what, where, the user's line with a caret, and help."""
    lines = [f"error[{diagnostic.code}]: {diagnostic.message}"]
    margin = " "
    span = diagnostic.span
    if span is not None and 0 <= span.part < len(sources):
        source = sources[span.part]
        number = source.line_of(span.start)
        margin = " " * len(str(number))
        label = f" '{source.label}'" if source.label else ""
        owner = f"{kind} '{name}'" if name else kind
        where = ", ".join(word for word in (owner, f"{source.role}{label}", f"line {number}") if word)
        text, caret = _excerpt(source, span, number)
        lines += [f"{margin} --> {where}", f" {number} | {text}".rstrip(), f" {margin} | {caret}"]
    elif kind:
        lines.append(f"  --> {kind} '{name}'" if name else f"  --> {kind}")
    lines += [f" {margin} = help: {line}" for line in diagnostic.help.split("\n") if line]
    return "\n".join(lines)


def _excerpt(source: Source, span: Span, number: int) -> tuple[str, str]:
    """Return the line of a span and the carets under it, both cut to a readable width."""
    text = source.line_text(number)
    first = min(source.column_of(span.start) - 1, len(text))
    last = max(first + 1, min(first + span.stop - span.start, len(text)))
    offset = max(0, first - MAX_WIDTH // 2) if len(text) > MAX_WIDTH else 0
    shown = "".join(c if c.isprintable() else " " for c in text[offset : offset + MAX_WIDTH])
    width = min(last, offset + MAX_WIDTH) - first
    return shown, " " * (first - offset) + "^" * max(1, width)
