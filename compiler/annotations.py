"""Annotations: what stands behind the colon of a statement, in both styles.

``exponential, init=-65`` (flags alone) or ``volt (unless refractory)`` (a unit, then flags in brackets).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from .errors import Diagnostic, Refusal
from .lexer import Token
from .model import Dimension, Locality, Type
from .parser import Parser
from .source import Span
from .tree import Annotation, Binary, Expr, Flag, Name, Num, Unary
from .units import COMMON, UNITS, annotation_dimension

VALUED = frozenset({"init", "min", "max", "proba", "w", "d"})
#: word -> (what it decides, canonical value). Two words with one topic and different values contradict each other.
FLAGS: dict[str, tuple[str, str]] = {
    **{word: (word, "") for word in VALUED},
    "population": ("locality", "shared"), "projection": ("locality", "shared"), "global": ("locality", "shared"),
    "shared": ("locality", "shared"), "local": ("locality", "local"),
    "postsynaptic": ("locality", "post"), "semiglobal": ("locality", "post"),
    "int": ("type", "int"), "bool": ("type", "bool"), "float": ("type", "float"),
    "constant": ("constant", ""), "linked": ("linked", ""),
    "explicit": ("method", "explicit"), "euler": ("method", "explicit"), "implicit": ("method", "implicit"),
    "semiimplicit": ("method", "semiimplicit"), "semi-implicit": ("method", "semiimplicit"),
    "exponential": ("method", "exponential"), "exponential_euler": ("method", "exponential"),
    "midpoint": ("method", "midpoint"), "rk2": ("method", "midpoint"),
    "rk4": ("method", "rk4"), "runge-kutta4": ("method", "rk4"),
    "exact": ("method", "exact"), "dopri5": ("method", "dopri5"), "heun": ("method", "heun"),
    "rkf45": ("method", "rkf45"),
    "milstein": ("method", "milstein"),
    "event-driven": ("update", "event-driven"), "clock-driven": ("update", "clock-driven"),
    "unless_refractory": ("unless_refractory", ""), "unless_post": ("unless_post", ""),
    "summed": ("summed", ""), "point current": ("point current", ""),
    "stored": ("storage", "stored"), "inline": ("storage", "inline"), "constant over dt": ("storage", "dt"),
}  # fmt: skip
#: Topics that `Facts` does not tell of.
OTHER_TOPICS = frozenset({"summed", "point current", "proba", "w", "d"})
_SPELLINGS = {"unless refractory": "unless_refractory", "unless post": "unless_post"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an annotation says, spelled out."""

    unit: bool = False
    dimension: Dimension | None = None
    type: Type | None = None
    locality: Locality | None = None
    method: str | None = None
    update: str = ""
    storage: str = ""
    constant: bool = False
    linked: bool = False
    unless_refractory: bool = False
    unless_post: bool = False
    init: Expr | None = None
    min: Expr | None = None
    max: Expr | None = None

    def merged(self, other: Facts) -> Facts:
        """Return these facts with those of another annotation of the same name filled in."""
        return replace(
            self,
            unit=self.unit or other.unit,
            dimension=self.dimension or other.dimension,
            type=self.type or other.type,
            locality=self.locality or other.locality,
            constant=self.constant or other.constant,
            linked=self.linked or other.linked,
            init=self.init or other.init,
            min=self.min or other.min,
            max=self.max or other.max,
        )


def facts(annotation: Annotation | None, variable: str) -> Facts:
    """Return what an annotation says; Refusal E301 when its unit is not one."""
    if annotation is None:
        return Facts()
    values: dict[str, Expr] = {}
    words: dict[str, str] = {}
    for flag in annotation.flags:
        topic, value = FLAGS[flag.word]
        if topic in ("init", "min", "max") and flag.value is not None:
            values[topic] = flag.value
        elif topic not in OTHER_TOPICS:
            words[topic] = value
    kind = annotation.unit.id if isinstance(annotation.unit, Name) else ""
    type_: Type | None = _type(words.get("type")) or {"boolean": _type("bool"), "integer": _type("int")}.get(kind)
    return Facts(
        unit=annotation.unit is not None,
        dimension=None if annotation.unit is None else annotation_dimension(annotation.unit, variable),
        type=type_,
        locality=_locality(words.get("locality")),
        method=words.get("method"),
        update=words.get("update", ""),
        storage=words.get("storage", ""),
        constant="constant" in words,
        linked="linked" in words,
        unless_refractory="unless_refractory" in words,
        unless_post="unless_post" in words,
        init=values.get("init"),
        min=values.get("min"),
        max=values.get("max"),
    )


def _type(word: str | None) -> Type | None:
    types: dict[str, Type] = {"int": "int", "bool": "bool", "float": "float"}
    return types.get(word or "")


def _locality(word: str | None) -> Locality | None:
    localities: dict[str, Locality] = {"local": "local", "shared": "shared", "post": "post"}
    return localities.get(word or "")


# -- parsing ----------------------------------------------------------------------------------------------------------


def parse_annotation(parser: Parser, variable: str) -> Annotation | None:
    """Read ``: annotation`` up to the end of the line, if there is one."""
    if not parser.at(":"):
        parser.end()
        return None
    start = parser.advance().start
    unit: Expr | None = None
    flags: tuple[Flag, ...] = ()
    if _at_flag(parser):
        flags = _flags(parser, variable, "end")
    else:
        unit = _unit_product(parser, variable)
        if parser.at("("):
            opening = parser.advance()
            flags = _flags(parser, variable, "bracket")
            parser.close(opening)
    if unit is not None and (parser.at(",") or parser.token.text in FLAGS):
        raise parser.expected("the end of the line", "flags behind a unit stand in brackets: ': volt (init=0)'")
    parser.end()
    _check_contradictions(flags, variable)
    return Annotation(unit, flags, parser.since(start))


def _at_flag(parser: Parser) -> bool:
    token = parser.token
    following = parser.tokens[parser.position + 1] if token.kind != "end" else token
    word = token.text if following.text != "-" else ""
    return word in FLAGS or following.text == "=" or _words(parser)[0] in FLAGS


def _words(parser: Parser) -> tuple[str, int]:
    """Return the canonical flag made of the words from here on, and how many tokens it takes."""
    index = parser.position
    text = ""
    previous: Token | None = None
    while parser.tokens[index].kind == "name" or parser.tokens[index].text == "-":
        token = parser.tokens[index]
        if token.text != "-" and previous is not None and previous.text != "-":
            text += " "
        text += token.text
        previous = token
        index += 1
    # "runge-kutta4" is three tokens; "event-driven" too
    return _SPELLINGS.get(text, text), index - parser.position


def _flags(parser: Parser, variable: str, until: Literal["end", "bracket"]) -> tuple[Flag, ...]:
    flags = [_flag(parser, variable)]
    while parser.at(","):
        parser.advance()
        if parser.token.kind == "end" and until == "end":
            break
        flags.append(_flag(parser, variable))
    return tuple(flags)


def _flag(parser: Parser, variable: str) -> Flag:
    start = parser.token
    word, count = _words(parser)
    if count == 0:
        raise parser.expected("a flag such as 'init=0' or 'exponential'")
    parser.position += count
    span = parser.since(start.start)
    if word not in FLAGS:
        raise unknown_flag(word, span, variable)
    if word in VALUED:
        if not parser.at("="):
            raise parser.expected(f"'=' after '{word}'", f"write '{word}=0'")
        parser.advance()
        value = parser.expression()
        return Flag(word, value, parser.since(start.start))
    if parser.at("="):
        raise Refusal(Diagnostic("E102", f"the flag '{word}' takes no value", span, f"write '{word}' alone"))
    return Flag(word, None, span)


def unknown_flag(word: str, span: Span, variable: str) -> Refusal:
    """Return the refusal of a word that is neither flag nor unit, with the closest known one."""
    shown = word if len(word) <= 40 else word[:37] + "..."
    close = get_close_matches(word[:40], [*FLAGS, *COMMON, "boolean", "integer"], 1)
    help = f"did you mean '{close[0]}'?" if close else "flags: " + ", ".join(sorted(FLAGS))
    if word in UNITS:
        help = f"the unit comes first, flags in brackets behind it: ': {word} (init=0)'"
    return Refusal(Diagnostic("E102", f"unknown flag '{shown}' for '{variable}'", span, help))


def _check_contradictions(flags: tuple[Flag, ...], variable: str) -> None:
    seen: dict[str, Flag] = {}
    for flag in flags:
        topic = FLAGS[flag.word][0]
        other = seen.setdefault(topic, flag)
        if other is not flag and (flag.value is not None or FLAGS[other.word][1] != FLAGS[flag.word][1]):
            words = f"'{other.word}' and '{flag.word}'"
            if other.word == flag.word:
                raise Refusal(
                    Diagnostic("E102", f"the flag '{flag.word}' is given twice for '{variable}'", flag.span, "keep one")
                )
            raise Refusal(
                Diagnostic("E102", f"flags {words} cannot be combined for '{variable}'", flag.span, "keep one")
            )


def _unit_product(parser: Parser, variable: str) -> Expr:
    """Read the rule unit := power {("*" | "/") power}."""
    start = parser.token.start
    left = _unit_power(parser, variable)
    while parser.at("*") or parser.at("/"):
        op = parser.advance().text
        right = _unit_power(parser, variable)
        left = Binary(op, left, right, parser.since(start))
    return left


def _unit_power(parser: Parser, variable: str) -> Expr:
    token = parser.token
    unit: Expr
    if token.kind == "name":
        word, count = _words(parser)
        if token.text not in UNITS and token.text not in ("boolean", "integer"):
            parser.position += count
            raise unknown_flag(word, parser.since(token.start), variable)
        parser.advance()
        unit = Name(token.text, parser.span(token))
    elif token.kind == "number":
        parser.advance()
        unit = Num(float(token.text), token.text.isdigit(), parser.span(token))
    elif token.text == "(" and parser.nesting < 10:
        parser.advance()
        parser.nesting += 1
        unit = _unit_product(parser, variable)
        parser.nesting -= 1
        parser.close(token)
    else:
        raise parser.expected("a unit or a flag")
    if not (parser.at("**") or parser.at("^")):
        return unit
    parser.advance()
    return Binary("**", unit, _unit_exponent(parser), parser.since(token.start))


def _unit_exponent(parser: Parser) -> Expr:
    """A number with a sign, or such a quotient in brackets."""
    token = parser.token
    if token.text == "(" and parser.nesting < 10:
        parser.advance()
        parser.nesting += 1
        left = _unit_exponent(parser)
        if parser.at("/"):
            parser.advance()
            left = Binary("/", left, _unit_exponent(parser), parser.since(token.start))
        parser.nesting -= 1
        parser.close(token)
        return left
    if token.text in ("-", "+"):
        parser.advance()
        number = parser.token
        if number.kind != "number":
            raise parser.expected("a number")
        parser.advance()
        return Unary(token.text, Num(float(number.text), number.text.isdigit(), parser.span(number)),
                     parser.since(token.start))  # fmt: skip
    if token.kind != "number":
        raise parser.expected("a number")
    parser.advance()
    return Num(float(token.text), token.text.isdigit(), parser.span(token))
