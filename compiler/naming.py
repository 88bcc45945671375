"""Every symbol of the generated C, and only here.

User names get a prefix that no C keyword, library function or other generated name has, so any legal name of the
language is safe: ``v`` is ``m_v``, ``pre.v`` is ``pre_v``, the subtotal of ``post.v`` is ``sum_v``.
"""

from __future__ import annotations

_FIXED = {
    "t": "t", "dt": "dt", "@step": "now", "@i": "own_i", "@j": "own_j", "@N": "own_n",
    "@mask": "spike_mask", "@until": "until_step", "@last": "last_step", "@lastupdate": "last_update",
    "pre.@last": "last_pre", "post.@last": "last_post",
}  # fmt: skip


def local(name: str) -> str:
    """Return the C variable that holds the value of an IR name."""
    if name in _FIXED:
        return _FIXED[name]
    match name[0]:
        case "%":
            return f"t{name[1:]}"
        case "@":
            return name[1:].replace(":", "_")
        case "=":
            return "result"
        case "+":
            return "sum_" + name.split(".", 1)[1]
        case "~":
            return f"total_{name[1:]}"
        case "<":
            return "late_" + name.split(".", 1)[1]
    group, dot, attribute = name.partition(".")
    return f"{group}_{attribute.replace('@', '0')}" if dot else f"m_{name}"


def pointer(name: str) -> str:
    """Return the C pointer to the array of a layout entry."""
    return f"p_{local(name)}"


def mask(name: str) -> str:
    """Return the C variable with the index mask of a layout entry."""
    return f"k_{local(name)}"


def function(op: str) -> str:
    """Return the C function of a registered function, whose operation is ``user:<name>:<digest>``."""
    _, name, body = op.split(":")
    return f"rv_user_{name}_{body}"


def decided(occurrence: int) -> str:
    """Return the C array of the truth values of the comparison that a draw goes into, made before the loop."""
    return f"decided{occurrence}"


def buffer(occurrence: int) -> str:
    """Return the C array that holds 64 values of a draw, made before the loop."""
    return f"drawn{occurrence}"
