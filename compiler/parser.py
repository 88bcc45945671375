"""Expressions: tokens of one logical line -> expression nodes, by precedence climbing.

The depth of brackets and the size of an expression are limited, so that no text, however hostile, can exhaust
the stack here or in a later stage.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from .errors import Diagnostic, Refusal
from .hints import after_value, dotted, no_value, python_word
from .lexer import Token
from .source import Span
from .tree import Attr, Binary, Bool, Call, Deriv, Expr, IfElse, Name, Num, Unary

#: Brackets, calls and conditionals inside each other.
MAX_NESTING = 40
#: Height of an expression tree; a sum of n terms has height n.
MAX_HEIGHT = 150
#: Nodes of an expression; shared operands (of ``a < b < c``) count at every use.
MAX_NODES = 5_000

_OR, _AND, _NOT, _COMPARISON, _SUM, _TERM, _TIGHTEST = range(1, 8)
_LEVELS = {
    "or": _OR, "and": _AND, "<": _COMPARISON, "<=": _COMPARISON, ">": _COMPARISON, ">=": _COMPARISON,
    "==": _COMPARISON, "!=": _COMPARISON, "is": _COMPARISON, "+": _SUM, "-": _SUM,
    "*": _TERM, "/": _TERM, "//": _TERM, "%": _TERM,
}  # fmt: skip
#: Words that cannot be names.
WORDS = frozenset({"and", "or", "not", "is", "if", "else"})
CONDITIONAL_CALLS = frozenset({"ite", "where"})


class Parser:
    """Reads the tokens of one logical line; `part` is where their positions point to."""

    def __init__(self, tokens: list[Token], part: int) -> None:
        last = tokens[-1].stop if tokens else 0
        self.tokens = [*tokens, Token("end", "", last, last)]
        self.part = part
        self.position = 0
        self.nesting = 0
        self.left_side = False
        self.derivatives: list[Deriv] = []

    # -- tokens ---------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.position]

    def at(self, text: str) -> bool:
        """Tell whether the next token is `text`."""
        return self.tokens[self.position].text == text

    def advance(self) -> Token:
        """Return the next token and go past it; the sentinel stays."""
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def span(self, token: Token) -> Span:
        """Return the place of a token."""
        return Span(self.part, token.start, token.stop)

    def since(self, start: int) -> Span:
        """Span from a character position to the end of the last token read."""
        return Span(self.part, start, self.tokens[self.position - 1].stop if self.position else start)

    def expected(self, what: str, help: str = "") -> Refusal:
        """Return the refusal that says what was expected where the parser stands."""
        token = self.token
        found = "the end of the line" if token.kind == "end" else f"'{_short(token.text)}'"
        return Refusal(Diagnostic("E101", f"expected {what}, found {found}", self.span(token), help))

    def close(self, opening: Token) -> None:
        """Read the bracket that closes `opening`."""
        if self.token.kind == "end":
            message = "this bracket is never closed: expected ')' before the end of the line"
            raise Refusal(Diagnostic("E101", message, self.span(opening), "add ')' where it should close"))
        if not self.at(")"):
            flagged = opening.text == "(" and self.tokens[self.position - 1].text in ("unless", "event", "clock")
            product = "write 'f(a)*b', with the '*'" if self.token.kind in ("name", "number") else ""
            if self.at("="):
                product = "arguments have no names: 'f(x, 0, 1)'; to compare, write '=='"
            flags = "flags in brackets stand behind the unit: ': 1 (unless refractory)'"
            raise self.expected("')'", flags if flagged else product)
        self.advance()

    def end(self) -> None:
        """Insist that the line is read completely."""
        if self.token.kind == "end":
            return
        if self.at(")"):
            raise Refusal(Diagnostic("E101", "unmatched ')'", self.span(self.token), "remove it, or open one before"))
        before = self.tokens[self.position - 1] if self.position else None
        following = self.tokens[self.position + 1] if self.position + 1 < len(self.tokens) else None
        raise self.expected("an operator or the end of the line", after_value(before, self.token, following))

    # -- expressions ----------------------------------------------------------------------------------------------

    def expression(self) -> Expr:
        """Read the rule expr := "if" expr ":" expr "else" ":" expr | or ["if" or "else" expr]."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            message = f"more than {MAX_NESTING} levels of brackets or conditionals"
            raise Refusal(Diagnostic("E101", message, self.span(self.token), "give a part of it a name of its own"))
        result = self._prefix_if() if self.at("if") else self._maybe_postfix_if()
        self.nesting -= 1
        return result

    def _prefix_if(self) -> Expr:
        start = self.advance().start
        condition = self.expression()
        self._colon("after the condition of 'if'")
        then = self.expression()
        if not self.at("else"):
            raise self.expected("'else'", "a conditional is 'if condition: a else: b'")
        self.advance()
        self._colon("after 'else'")
        otherwise = self.expression()
        return IfElse(condition, then, otherwise, self.since(start))

    def _colon(self, where: str) -> None:
        if not self.at(":"):
            raise self.expected(f"':' {where}", "a conditional is 'if condition: a else: b'")
        self.advance()

    def _maybe_postfix_if(self) -> Expr:
        start = self.token.start
        then = self.operation(_OR)
        if not self.at("if"):
            return then
        self.advance()
        condition = self.operation(_OR)
        if not self.at("else"):
            raise self.expected("'else'", "a conditional is 'a if condition else b'")
        self.advance()
        return IfElse(condition, then, self.expression(), self.since(start))

    def operation(self, lowest: int) -> Expr:
        """Read operators that bind at least as tightly as `lowest`."""
        start = self.token.start
        left = self._negation(lowest) if self.at("not") else self._signed()
        while True:
            op = self.token.text
            level = _LEVELS.get(op, 0)
            if level < lowest or level == 0:
                return left
            if level == _COMPARISON:
                left = self._comparison(left, start)
                continue
            self.advance()
            right = self.operation(level + 1)
            left = Binary(op, left, right, self.since(start))

    def _negation(self, lowest: int) -> Expr:
        if lowest > _NOT:
            raise self.expected("a value", "put 'not ...' in brackets")
        starts = []
        while self.at("not"):
            starts.append(self.advance().start)
        operand = self.operation(_COMPARISON)
        for start in reversed(starts):
            operand = Unary("not", operand, self.since(start))
        return operand

    def _comparison(self, left: Expr, start: int) -> Expr:
        """Read the rule cmp := sum {op sum}; ``a < b < c`` is ``a < b and b < c``."""
        result: Expr | None = None
        while _LEVELS.get(self.token.text, 0) == _COMPARISON:
            op = self.advance().text
            if op == "is":
                op = "=="
                if self.at("not"):
                    self.advance()
                    op = "!="
            right_start = self.token.start
            right = self.operation(_SUM)
            test = Binary(op, left, right, self.since(start))
            result = test if result is None else Binary("and", result, test, test.span)
            left, start = right, right_start
        assert result is not None
        return result

    def _signed(self) -> Expr:
        """Read the rule unary := ("+" | "-") unary | power."""
        signs = []
        while self.at("-") or self.at("+"):
            signs.append(self.advance())
        operand = self._power()
        for sign in reversed(signs):
            operand = Unary(sign.text, operand, self.since(sign.start))
        return operand

    def _power(self) -> Expr:
        """Read the rule power := atom [("**" | "^") unary]; it is right-associative and binds before a sign."""
        start = self.token.start
        base = self._atom()
        if not (self.at("**") or self.at("^")):
            return base
        self.advance()
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise Refusal(Diagnostic("E101", f"more than {MAX_NESTING} nested powers", self.span(self.token)))
        exponent = self._signed()
        self.nesting -= 1
        return Binary("**", base, exponent, self.since(start))

    def _atom(self) -> Expr:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Num(float(token.text), token.text.isdigit(), self.span(token))
        if token.kind == "name":
            return self._named(token)
        if token.text != "(":
            before = self.tokens[self.position - 1] if self.position else None
            raise self.expected("a value", no_value(before, self.left_side))
        self.advance()
        inner = self.expression()
        self.close(token)
        return inner

    def _named(self, token: Token) -> Expr:
        word = token.text
        if word in ("True", "False"):
            self.advance()
            return Bool(word == "True", self.span(token))
        if word in WORDS:
            raise self.expected("a value", "a name, a number or a bracket belongs here")
        if self.left_side and self._at_derivative():
            return self._derivative(token)
        refuse_keyword(token, self.part)
        self.advance()
        if self.at("."):
            return self._attribute(token)
        if self.at("("):
            return self._call(token, word, "")
        return Name(word, self.span(token))

    def _at_derivative(self) -> bool:
        first, slash, below = (*self.tokens[self.position : self.position + 3], self.tokens[-1], self.tokens[-1])[:3]
        return first.text[0] == "d" and len(first.text) > 1 and slash.text == "/" and below.text == "dt"

    def _derivative(self, token: Token) -> Deriv:
        self.position += 3
        node = Deriv(token.text[1:], self.since(token.start))
        self.derivatives.append(node)
        return node

    def _attribute(self, token: Token) -> Expr:
        group = token.text
        self.advance()
        name = self.token
        if group not in ("pre", "post") or name.kind != "name" or name.text in WORDS:
            span = Span(self.part, token.start, max(token.stop + 1, name.stop))
            message = "only 'pre.' and 'post.' followed by a name may have a dot"
            raise Refusal(Diagnostic("E101", message, span, dotted(group, name.text)))
        self.advance()
        if self.at("("):
            return self._call(token, name.text, group)
        return Attr("pre" if group == "pre" else "post", name.text, self.since(token.start))

    def _call(self, token: Token, func: str, group: str) -> Expr:
        opening = self.advance()
        args: list[Expr] = []
        while not self.at(")"):
            args.append(self.expression())
            if not self.at(","):
                break
            self.advance()
        self.close(opening)
        span = self.since(token.start)
        if func in CONDITIONAL_CALLS and len(args) == 3 and not group:
            return IfElse(args[0], args[1], args[2], span)
        return Call(func, tuple(args), span, group)


def refuse_keyword(token: Token, part: int) -> None:
    """Refuse a Python keyword as a name."""
    if keyword.iskeyword(token.text):
        word = token.text
        help = python_word(word) or (f"use '{word}_'" if word.islower() else "")
        span = Span(part, token.start, token.stop)
        raise Refusal(Diagnostic("E203", f"'{word}' is a Python keyword and cannot be a name", span, help))


def children(node: Expr) -> tuple[Expr, ...]:
    """Return the direct operands of an expression."""
    match node:
        case Binary(_, left, right, _):
            return (left, right)
        case Unary(_, operand, _):
            return (operand,)
        case Call(_, args, _, _):
            return args
        case IfElse(condition, then, otherwise, _):
            return (condition, then, otherwise)
        case _:
            return ()


def walk(node: Expr) -> Iterator[Expr]:
    """Yield an expression and everything in it, without recursion."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def check_size(node: Expr) -> None:
    """Refuse an expression that is too high or too large for the stages behind the parser."""
    stack = [(node, 1)]
    count = 0
    while stack:
        current, height = stack.pop()
        count += 1
        if height > MAX_HEIGHT or count > MAX_NODES:
            what = f"more than {MAX_HEIGHT} operations deep" if height > MAX_HEIGHT else f"over {MAX_NODES} operations"
            message = f"this expression is too large ({what})"
            raise Refusal(Diagnostic("E101", message, node.span, "give a part of it a name of its own"))
        stack.extend((child, height + 1) for child in children(current))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
