"""Connection texts: what decides about one pair of neurons, ``"i != j and abs(i - j) < 5"``.

A text becomes a small model of kind ``connect``: lines that are executed for a pair, the last of which is its result.
Names mean what they mean in synapses. `generator` reads the loops that name the partners one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .declarations import Given
from .errors import Diagnostic, ModelError, Refusal, model_error
from .lexer import Token, check_tokens, logical_lines
from .model import Dimension, Model, Type
from .parser import Parser, refuse_keyword
from .registered import Registered
from .source import Source, Span
from .synapse_names import SynapseBinding
from .synapses import resolve_synapse
from .syntax import parse


@dataclass(frozen=True, slots=True)
class Line:
    """``name = text``, a value of `type`."""

    name: str
    text: str
    type: Type = "int"


def resolve_connect(
    owner: str,
    lines: Sequence[Line],
    binding: SynapseBinding,
    *,
    given: Iterable[Given] = (),
    namespace: Iterable[tuple[str, Dimension | None, int]] = (),
    functions: Iterable[Registered] = (),
    definitions: str = "",
) -> Model:
    """Resolve the lines about a pair of neurons.

    Parameters
    ----------
    owner : str
        Name of the projection, for messages.
    lines : sequence of Line
    binding : SynapseBinding
    given, namespace, functions
        As of `resolve_synapse`. A given name of locality ``local`` has one value for each pair.
    definitions : str
        Definitions of functions that the lines call.
    """
    code = "\n".join(f"{line.name} = {' '.join(line.text.split())}" for line in lines)
    declared = "\n".join(f"{line.name} : {line.type}" for line in lines)
    sources = [Source("pre_spike", code), Source("equations", declared)]
    if definitions.strip():
        sources.append(Source("functions", definitions))
    try:
        tree = parse("synapse", owner, tuple(sources))
        bound = replace(binding, pre_spiking=True)
        model = resolve_synapse(tree, bound, namespace=namespace, given=given, functions=functions)
    except ModelError as error:
        raise _as_written(error, lines) from None
    return replace(model, kind="connect")


#: Names of lines that are what an argument of a connector says.
_ARGUMENTS = {"connect_if": "condition", "connect_probability": "probability", "connect_number": "n"}


def _as_written(error: ModelError, lines: Sequence[Line]) -> ModelError:
    """Return an error that shows the texts as they were given, each for itself, without the names of their values."""
    written = [Source(_ARGUMENTS.get(line.name, "text"), " ".join(line.text.split())) for line in lines]
    begins = [0]
    for line, source in zip(lines, written, strict=True):
        begins.append(begins[-1] + len(f"{line.name} = {source.text}\n"))
    shown = []
    for diagnostic in error.diagnostics:
        span, help = diagnostic.span, re.sub(r"connect_\w+, ", "", diagnostic.help)
        if span is not None and span.part == 0:
            number = max(k for k in range(len(lines)) if begins[k] <= span.start)
            before = begins[number] + len(f"{lines[number].name} = ")
            span = Span(number, max(span.start - before, 0), max(span.stop - before, 1))
        elif span is not None:
            span = replace(span, part=span.part + len(lines) - 1)
        shown.append(replace(diagnostic, span=span, help=help))
    return model_error("projection", error.name, (*written, *error.sources[1:]), shown)


@dataclass(frozen=True, slots=True)
class Generator:
    """``value for name in kind(arguments) if condition``; the texts of its expressions.

    `kind` is ``range`` or ``sample``; `arguments` are first, end and step; `keyword` is ``p`` or ``size`` of a sample
    with its text. Without a loop, `name` is "" and there is one value.
    """

    value: str
    name: str = ""
    kind: str = "range"
    arguments: tuple[str, str, str] = ("0", "1", "1")
    keyword: tuple[str, str] = ("", "")
    condition: str = ""


def generator(text: str, owner: str) -> Generator:
    """Read a generator ``"k for k in range(i - 3, i + 4) if i != k"``.

    Raises
    ------
    SyntaxProblem
        With the place in the text.
    """
    source = Source("string", text)
    try:
        tokens = [token for line in logical_lines(text) for token in line]
        check_tokens(tokens, 0)
        return _Reader(text, tokens).read()
    except Refusal as refusal:
        raise model_error("synapse", owner, (source,), [refusal.diagnostic]) from None


class _Reader:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    def read(self) -> Generator:
        if not self.tokens:
            raise Refusal(Diagnostic("E104", "the generator is empty", Parser(self.tokens, 0).span(self.last), ""))
        value = self.until("for")
        if self.at == len(self.tokens):
            return Generator(value)
        self.expect("for")
        loop = self.take("the name of the loop's variable")
        if loop.kind != "name":
            self.refuse(f"expected the name of the loop's variable, found '{loop.text}'", loop)
        refuse_keyword(loop, 0)
        name = loop.text
        self.expect("in")
        kind = self.take("range or sample")
        if kind.text not in ("range", "sample"):
            self.refuse(f"a generator loops over 'range' or 'sample', not '{kind.text}'", kind)
        arguments, keyword = self.arguments(kind)
        condition = ""
        if self.at < len(self.tokens):
            self.expect("if")
            condition = self.until("")
            if not condition:
                self.refuse("there is no condition after 'if'", self.last)
        return Generator(value, name, kind.text, arguments, keyword, condition)

    @property
    def last(self) -> Token:
        return self.tokens[-1] if self.tokens else Token("end", "", 0, 0)

    def refuse(
        self, message: str, token: Token, help: str = "as in 'k for k in range(i - 3, i + 4) if i != k'"
    ) -> None:
        raise Refusal(Diagnostic("E101", message, Parser(self.tokens, 0).span(token), help))

    def take(self, what: str) -> Token:
        if self.at == len(self.tokens):
            self.refuse(f"expected {what}", self.last)
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, word: str) -> None:
        token = self.take(f"'{word}'")
        if token.text != word:
            self.refuse(f"expected '{word}', found '{token.text}'", token)

    def until(self, word: str) -> str:
        """Return the text up to a word outside brackets, or to the end."""
        first, depth = self.at, 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0 and word and token.text == word:
                break
            self.at += 1
        return self.piece(first, self.at)

    def piece(self, first: int, stop: int) -> str:
        return self.text[self.tokens[first].start : self.tokens[stop - 1].stop] if stop > first else ""

    def arguments(self, kind: Token) -> tuple[tuple[str, str, str], tuple[str, str]]:
        """Read ``(end)``, ``(first, end)`` or ``(first, end, step)``; a sample has ``p=`` or ``size=`` too."""
        self.expect("(")
        found: list[str] = []
        keyword = ("", "")
        first, depth = self.at, 0
        while True:
            token = self.take("')'")
            if depth == 0 and token.text in (",", ")"):
                names = self.tokens[first : first + 2]
                if len(names) == 2 and names[1].text == "=" and self.at - 1 > first + 1:
                    if kind.text != "sample" or names[0].text not in ("p", "size"):
                        self.refuse(f"'{kind.text}' has no argument '{names[0].text}'", names[0])
                    keyword = (names[0].text, self.piece(first + 2, self.at - 1))
                elif self.at - 1 > first:
                    found.append(self.piece(first, self.at - 1))
                first = self.at
                if token.text == ")":
                    break
            depth += (token.text == "(") - (token.text == ")")
        if not 1 <= len(found) <= 3:
            self.refuse(f"'{kind.text}' takes 1 to 3 numbers, not {len(found)}", kind)
        if kind.text == "sample" and not keyword[0]:
            self.refuse("'sample' needs 'p=' or 'size='", kind, "as in 'k for k in sample(N_post, p=0.1)'")
        begin, end = ("0", found[0]) if len(found) == 1 else (found[0], found[1])
        return (begin, end, found[2] if len(found) == 3 else "1"), keyword
