"""Text -> tokens -> logical lines.

Comments vanish, ``;`` ends a line, and physical lines are joined where the equation language says so: inside
brackets, around operators, after the colon of an ``if``, and when a line can only be a continuation.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .errors import Diagnostic, Refusal
from .source import Span

MAX_NAME = 200
MAX_NUMBER = 200

ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/="})
_ENDINGS = ASSIGNMENTS | frozenset(
    {"+", "-", "*", "/", "//", "%", "^", "**", "<", ">", "<=", ">=", "==", "!=", ",", "("}
    | {"and", "or", "not", "is", "if", "else"}
)
_BEGINNINGS = ASSIGNMENTS | frozenset(
    {"+", "-", "*", "/", "//", "%", "^", "**", "<", ">", "<=", ">=", "==", "!=", ",", ")", ":"}
    | {"and", "or", "is", "else"}
)
#: After these an expression begins, so an ``if`` there is the prefix form, which has a colon.
_BEFORE_EXPRESSION = (_ENDINGS | {":"}) - {"if"}

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\f\v]+|\#[^\n]*)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<op>\*\*|//|[-+*/<>=!]=|[-+*/%^<>=(),:.;\n])"
    r"|(?P<junk>[^\x00-\x7f]+|.)"
)
_HINTS = {
    "[": "there is no indexing; use 'pre.x', 'post.x' or a TimedArray",
    "]": "there is no indexing; use 'pre.x', 'post.x' or a TimedArray",
    "&": "write 'and'",
    "|": "write 'or'; the absolute value is 'abs(x)'",
    "!": "write 'not'",
    "~": "write 'not'",
    "?": "a conditional is 'a if condition else b'",
    "'": "equations hold no quoted text; a derivative is written 'dv/dt'",
    '"': "equations hold no quoted text",
    "\\": "lines that end with an operator are joined; no '\\' is needed",
    "{": "equations are not templates; put the value there, or use a parameter",
    "}": "equations are not templates; put the value there, or use a parameter",
}


class Token(NamedTuple):
    """A piece of text; `kind` is ``end`` for the sentinel behind the last token of a logical line."""

    kind: Literal["number", "name", "op", "junk", "end"]
    text: str
    start: int
    stop: int


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text, newlines included, blanks and comments left out."""
    result: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind != "space":
            start, stop = match.span()
            result.append(Token(kind, text[start:stop], start, stop))  # type: ignore[arg-type]
    return result


def logical_lines(text: str) -> list[list[Token]]:
    """Return the tokens of each logical line, without newlines and ``;``."""
    lines: list[list[Token]] = []
    pending = 0  # prefix ifs of the last logical line whose colon is still to come
    continued = False  # its last token is the colon of an if/else
    for tokens in _physical_lines(tokens_of(text)):
        if not (lines and (continued or _joins(lines[-1][-1], tokens))):
            lines.append([])
            pending = 0
        line = lines[-1]
        for token in tokens:
            previous = line[-1].text if line else "="
            continued = token.text == ":" and (previous == "else" or pending > 0)
            if token.text == "if" and previous in _BEFORE_EXPRESSION:
                pending += 1
            elif continued and previous != "else":
                pending -= 1
            line.append(token)
    return lines


def _physical_lines(tokens: list[Token]) -> list[list[Token]]:
    """Split at newlines and ``;`` outside brackets; drop empty lines."""
    lines: list[list[Token]] = [[]]
    depth = 0
    for index, token in enumerate(tokens):
        if token.text in ("\n", ";") and (depth == 0 or (token.text == "\n" and _starts_anew(tokens, index))):
            lines.append([])
            depth = 0
            continue
        if token.text == "\n":
            continue
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth = max(0, depth - 1)
        lines[-1].append(token)
    return [line for line in lines if line]


def _starts_anew(tokens: list[Token], newline: int) -> bool:
    """Tell whether a statement begins behind a newline although a bracket is open: then its ``)`` was forgotten."""
    before, after = tokens[newline - 1], tokens[newline + 1 : newline + 3]
    if len(after) < 2 or before.text in _ENDINGS or after[0].kind != "name":
        return False
    return after[1].text in ASSIGNMENTS or (after[1].text == "/" and after[0].text[0] == "d")


def _joins(last: Token, tokens: list[Token]) -> bool:
    """Tell whether a physical line continues the one that ends with `last`."""
    if last.text in _ENDINGS or tokens[0].text in _BEGINNINGS:
        return True
    if len(tokens) > 1 and tokens[0].kind == "name" and tokens[1].text == ":":
        return False
    return all(token.text not in ASSIGNMENTS for token in tokens)


def check_tokens(tokens: list[Token], part: int) -> None:
    """Refuse what no text may contain: strange characters, glued numbers, monstrous names."""
    for index, token in enumerate(tokens):
        span = Span(part, token.start, token.stop)
        if token.kind == "junk":
            raise Refusal(_junk(token.text, span, tokens[max(0, index - 1) : index + 3]))
        if token.kind == "name" and len(token.text) > MAX_NAME:
            raise Refusal(Diagnostic("E101", f"a name may have at most {MAX_NAME} characters", span, "shorten it"))
        if token.kind == "number":
            if len(token.text) > MAX_NUMBER or float(token.text) == float("inf"):
                raise Refusal(Diagnostic("E101", "this number is too long or too large", span, "'inf' is infinity"))
            after = tokens[index + 1] if index + 1 < len(tokens) else None
            if after is not None and after.start == token.stop and after.kind in ("name", "number"):
                both = Span(part, token.start, after.stop)
                help = f"write '{token.text}*{after.text}'" if after.kind == "name" else "a number has one point"
                if after.text in ("e", "E"):
                    help = f"an exponent has digits: '{token.text}e-3'"
                raise Refusal(Diagnostic("E101", "a number runs into what follows it", both, help[:80]))


#: What word processors and web pages put in place of what can be typed.
_LOOKALIKES = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00b7": "*", "\u22c5": "*", "\u00d7": "*", "\u00f7": "/",
    "\u00b2": "**2", "\u00b3": "**3", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u00a0": "a space",
    "\u202f": "a space", "\u2009": "a space",
    "\u00b5": "u (in units) or mu", "\u03bc": "u (in units) or mu", "\u03a9": "ohm", "\u2126": "ohm",
}  # fmt: skip


_QUOTES = {"'": "'", '"': '"', "\u2018": "\u2019", "\u201c": "\u201d"}


def _quoted(opening: str, around: list[Token]) -> str:
    """Return the help for ``'exc'``: a quote that closes behind a name."""
    texts = [t.text for t in around]
    at = texts.index(opening)
    if len(texts) > at + 2 and texts[at + 2] == _QUOTES.get(opening) and around[at + 1].kind == "name":
        return f"write {texts[at + 1]} without quotes"
    return ""


def _listed(opening: str, around: list[Token]) -> str:
    """Return the help for ``[1, 2]`` where a value belongs."""
    before = around[0]
    if opening != "[" or before.text == "[" or before.kind in ("name", "number") or before.text == ")":
        return ""
    return "there are no lists: a name has one value per neuron, given from Python, as in 'pop.x = [1, 2]'"


def _typed(character: str) -> str:
    """Return what to type in place of a character that is none of ours."""
    if character in _LOOKALIKES:
        return f"type {_LOOKALIKES[character]} instead"
    return "spell it out, for example 'tau' or 'mu'" if character.isalpha() else ""


def _junk(text: str, span: Span, around: list[Token]) -> Diagnostic:
    """Return what is wrong with a character, given the tokens from the one before it on."""
    if text.isascii():
        shown = text if text.isprintable() else repr(text)[1:-1]
        message = f"the character '{shown}' has no meaning in equations"
        return Diagnostic("E101", message, span, _quoted(text, around) or _listed(text, around) or _HINTS.get(text, ""))
    first = text[0]
    return Diagnostic(
        "E101",
        f"only ASCII characters are allowed outside comments, found '{first if first.isprintable() else '?'}' "
        f"(U+{ord(first):04X})",
        span,
        _quoted(text, around) or _typed(first),
    )
