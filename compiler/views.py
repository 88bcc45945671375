"""What the templates print: one frozen value per place they fill. Every decision has been taken before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArrayView:
    """One array as the templates see it. `load`: where its value is read into `local` (empty: never; ``value``: once
    per call where it is equal for all elements); `at`: the index expression; `offset`: what a block loop adds to the
    pointer.
    """

    index: int
    type: str
    local: str
    pointer: str
    const: str = "const "
    load: str = ""
    at: str = ""
    mask: str = ""
    offset: str = ""
    restrict: str = "restrict"


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A comparison that is decided for most blocks of 64 neurons by the lowest number of each, and for most neurons of
    the others by the first bits of a draw: `decided` holds its truth values and `condition` is its text, with the
    number as `local`. `words` draws the lowest numbers of 32 blocks, `ends` the first bits of a block, `whole` all
    bits; `top` is the greatest number there is. `scalars[k]` and `arrays[k]` are what the condition reads in form k;
    `limited[k]`: there it is the same for all neurons.
    """

    decided: str
    local: str
    condition: str
    words: str
    ends: str
    whole: str
    top: str
    scalars: tuple[tuple[ArrayView, ...], ...]
    arrays: tuple[tuple[ArrayView, ...], ...]
    limited: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw that is made for many neurons at once, before the loop over them; `setup[k]` are the lines before all
    blocks in form k, `call[k]` is the statement for one block of 64; `key` is the C text of the Philox key.
    A draw with a `decision` has no call, and the loop reads the truth values instead. `window` is a statement for each
    2048 neurons, or empty.
    """

    buffer: str
    key: str
    setup: tuple[tuple[str, ...], tuple[str, ...]]
    call: tuple[str, str]
    decision: DecisionView | None = None
    window: str = ""


@dataclass(frozen=True, slots=True)
class FunctionView:
    """A registered function: `body` are the user's statements."""

    name: str
    params: str
    body: str


@dataclass(frozen=True, slots=True)
class CarriedView:
    """A value that an iteration carries from round to round."""

    type: str
    local: str
    result: str
    initial: str
    next: str


@dataclass(frozen=True, slots=True)
class Form:
    """One entry point of a population program."""

    name: str
    index: int
    scalars: tuple[ArrayView, ...]
    arrays: tuple[ArrayView, ...]
    blocked: bool


@dataclass(frozen=True, slots=True)
class EventForm:
    """One entry point of event code; `line` is the number of indices in a cache line. `uniform`: all parameters are
    equal for all synapses; `hoisted`: those that values of the whole call and of rows need are.
    """

    name: str
    uniform: bool
    hoisted: bool
    index_type: str
    line: int
    ordered: bool
