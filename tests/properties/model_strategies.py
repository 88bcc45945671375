"""Hypothesis strategies for random typed IR: expressions, and kernels of populations and of synapses."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from ranvier.compiler import ir

#: Values that expose a wrong operation: zeros of both signs, halves, limits of the integer types, tiny and huge.
EDGES = (
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 1e-3, 0.1, -0.1, 7.25, 1e6, -1e6, 2.0**24, 2.0**31,
    -(2.0**31), 2.0**53, 2.0**63, -(2.0**63), 1e19, 1e-300, 1e300, -1e300, 5e-324, 1e-40, 1e38, float("inf"),
    float("-inf"), float("nan"),
)  # fmt: skip
INTEGERS = (0, 1, -1, 2, -2, 3, 7, -7, 10, 64, 1000, -1000, 2**31 - 1, -(2**31))

#: op -> (types of the operands, type of the result), one row for each way to use it.
SIGNATURES: dict[str, list[tuple[tuple[ir.Type, ...], ir.Type]]] = {
    **{op: [(("float",), "float")] for op in ("sqrt", "fabs", "floor", "ceil", "trunc")},
    **{op: [(("float", "float"), "float"), (("int", "int"), "int")] for op in ("add", "sub", "mul", "min", "max")},
    **{op: [(("float", "float"), "bool"), (("int", "int"), "bool")] for op in ("lt", "le", "gt", "ge", "eq", "ne")},
    **{op: [(("bool", "bool"), "bool")] for op in ("and", "or")},
    **{op: [(("int", "int"), "int")] for op in ("ifloordiv", "imod")},
    **{op: [(("float",), "bool")] for op in ("isnan", "isfinite")},
    "neg": [(("float",), "float"), (("int",), "int")],
    "div": [(("float", "float"), "float")],
    "not": [(("bool",), "bool")],
    "select": [(("bool", "float", "float"), "float"), (("bool", "int", "int"), "int")],
    "to_float": [(("int",), "float"), (("bool",), "float")],
    "to_int": [(("float",), "int"), (("bool",), "int")],
    "to_bool": [(("float",), "bool"), (("int",), "bool")],
}
LIBRARY_SIGNATURES: dict[str, list[tuple[tuple[ir.Type, ...], ir.Type]]] = {
    op: [(("float",) * n, "float")] for op, n in {**ir.LIBRARY, **ir.EXTERNAL}.items()
}


def floats(width: int) -> st.SearchStrategy[float]:
    """Numbers of a precision: edges, moderate ones, any."""
    kind = np.float64 if width == 64 else np.float32
    with np.errstate(over="ignore"):
        edges = [float(kind(x)) for x in EDGES]
    return st.one_of(
        st.sampled_from(edges),
        st.floats(-100, 100, width=64).map(lambda x: float(kind(x))),
        st.floats(width=64 if width == 64 else 32),
    )


def constants(width: int, type_: ir.Type) -> st.SearchStrategy[ir.Expr]:
    """Literals that a model text can hold: finite floats."""
    values: st.SearchStrategy[float | int | bool]
    if type_ == "float":
        # 1 + 2**-24 lies half way between two singles: a literal rounded from its decimal digits would differ.
        values = st.one_of(floats(width), st.sampled_from((1 + 2.0**-24, 0.1, 1e-45, 3.4028235677973366e38)))
        values = values.filter(np.isfinite)
    elif type_ == "int":
        values = st.one_of(st.sampled_from(INTEGERS), st.integers(-100, 100))
    else:
        values = st.booleans()
    return values.map(lambda value: ir.Const(value, type_))


def expressions(
    names: dict[str, ir.Type], type_: ir.Type, width: int, depth: int = 4, library: bool = False
) -> st.SearchStrategy[ir.Expr]:
    """Expressions of a type over typed names, elementary operations only unless `library`."""
    leaves: list[st.SearchStrategy[ir.Expr]] = [constants(width, type_)]
    refs = [ir.Ref(name, t) for name, t in names.items() if t == type_]
    if refs:
        leaves = [st.sampled_from(refs), st.sampled_from(refs), *leaves]
    leaf = st.one_of(leaves)
    if depth == 0:
        return leaf
    table = {**SIGNATURES, **(LIBRARY_SIGNATURES if library else {})}
    ways = [(op, operands) for op, rows in table.items() for operands, result in rows if result == type_]

    def build(way: tuple[str, tuple[ir.Type, ...]]) -> st.SearchStrategy[ir.Expr]:
        operands = st.tuples(*(expressions(names, t, width, depth - 1, library) for t in way[1]))
        return operands.map(lambda args: ir.Op(way[0], args, type_))

    return st.one_of(leaf, st.sampled_from(ways).flatmap(build), st.sampled_from(ways).flatmap(build))


@st.composite
def statements(
    draw: st.DrawFn, readable: dict[str, ir.Type], writable: dict[str, ir.Type], width: int, library: bool = False
) -> tuple[ir.Statement, ...]:
    """A few temporaries, each of which may use the earlier ones, then stores."""
    names, result = dict(readable), []
    for number in range(draw(st.integers(0, 3))):
        type_ = draw(st.sampled_from(("float", "float", "int", "bool")))
        result.append(ir.Let(f"%{number}", draw(expressions(names, type_, width, 3, library))))
        names[f"%{number}"] = type_
    for name in draw(st.lists(st.sampled_from(sorted(writable)), min_size=1, unique=True)):
        result.append(ir.Store(name, draw(expressions(names, writable[name], width, 3, library))))
    return tuple(result)


POPULATION_LAYOUT = (
    ir.Entry("a", "param", "float"),
    ir.Entry("b", "param", "float"),
    ir.Entry("m", "param", "int"),
    ir.Entry("@d0", "derived", "float", deps=("a",)),
    ir.Entry("x", "state", "float", written=True),
    ir.Entry("y", "state", "float", written=True),
    ir.Entry("n", "state", "int", written=True),
    ir.Entry("f", "state", "bool", written=True),
    ir.Entry("g_exc", "input", "float", written=True),
    ir.Entry("@mask", "mask", "bool", written=True),
)


@st.composite
def population_kernels(draw: st.DrawFn, width: int, library: bool = False) -> ir.KernelIR:
    """A neuron model: prepare (one derived value), update with a spike condition, reset."""
    prepare = ir.Store("@d0", draw(expressions({"a": "float", "dt": "float"}, "float", width, 2, library)))
    readable: dict[str, ir.Type] = {e.name: e.type for e in POPULATION_LAYOUT if e.role != "mask"}
    readable |= {"t": "float", "dt": "float", "@step": "int"}
    writable: dict[str, ir.Type] = {e.name: e.type for e in POPULATION_LAYOUT if e.role == "state"}
    update = draw(statements(readable, writable, width, library))
    spike = ir.Store("@mask", draw(expressions(readable, "bool", width, 2, library)))
    del readable["g_exc"]
    reset = draw(statements(readable, writable, width, library))
    programs = (ir.Program("prepare", (prepare,)), ir.Program("update", (*update, spike)), ir.Program("reset", reset))
    return ir.KernelIR("neuron", POPULATION_LAYOUT, programs)


SYNAPSE_LAYOUT = (
    ir.Entry("w", "state", "float", written=True),
    ir.Entry("c", "param", "float"),
    ir.Entry("k", "state", "int", written=True),
    ir.Entry("@lastupdate", "lastupdate", "int", written=True),
    ir.Entry("pre.x", "pre", "float"),
    ir.Entry("post.y", "post", "float", written=True),
    ir.Entry("+post.g_exc", "subtotal", "float", written=True),
)


@st.composite
def synapse_kernels(draw: st.DrawFn, width: int, library: bool = False) -> ir.KernelIR:
    """A synapse model with event code on both sides; some write to the postsynaptic population synapse by synapse."""
    readable: dict[str, ir.Type] = {e.name: e.type for e in SYNAPSE_LAYOUT if e.role != "subtotal"}
    readable |= {"t": "float", "dt": "float", "@step": "int"}
    writable: dict[str, ir.Type] = {"w": "float", "k": "int", "@lastupdate": "int"}
    if draw(st.booleans()):
        writable["post.y"] = "float"
    programs = []
    for side in ("pre", "post"):
        code = draw(statements(readable, writable, width, library))
        if side == "pre" or draw(st.booleans()):
            added = draw(expressions(readable, "float", width, 2, library))
            code = (*code, ir.Accumulate("+post.g_exc", draw(st.sampled_from((1, -1))), added))
        programs.append(ir.Program(f"{side}:main", code))
    return ir.KernelIR("synapse", SYNAPSE_LAYOUT, tuple(programs))
