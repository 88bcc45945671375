"""The first round of an iteration for many neurons at once, before the others go through the rest one by one.

Most neurons need one step of a method that chooses its steps. So a pass computes one round for 64 of them without
branches, and writes only where that was enough; the others start again from what they had, which is untouched. Every
neuron goes through the same operations either way.
"""

from __future__ import annotations

from .ir import Expr, Let, Op, Program, Ref, Repeat, Statement, Store, parts, walk

#: The temporary that tells whether one round was enough.
DONE = "%done"


def first_round(program: Program) -> Program | None:
    """Return a program with one round of every iteration, which keeps what it read unless that was the last one.

    None where there is no iteration. The last statement but the stores is the temporary `DONE`.
    """
    loops = [s for s in program.statements if isinstance(s, Repeat)]
    if program.name != "update" or not loops:
        return None
    done: Expr = loops[0].until
    for loop in loops[1:]:
        done = Op("and", (done, loop.until), "bool")
    read = {e.name: e for s in program.statements for x in parts(s) for e in walk(x) if isinstance(e, Ref)}
    before: list[Statement] = []
    stores: list[Statement] = []
    for s in program.statements:
        if isinstance(s, Repeat):
            inside = [x for let in s.body for x in parts(let)] + [c.next for c in s.carried] + [s.until]
            used = {e.name for x in inside for e in walk(x) if isinstance(e, Ref)}
            before += [Let(c.name, c.initial) for c in s.carried if c.name in used]
            before += s.body
            before += [Let(c.result, c.next) for c in s.carried if c.result in read]
        elif isinstance(s, Store):
            old = read.get(s.name)
            kept = Op("select", (Ref(DONE, "bool"), s.expr, old), s.expr.type) if old is not None else s.expr
            stores.append(Store(s.name, kept))
        elif isinstance(s, Let):
            before.append(s)
        else:
            return None
    return Program(program.name, (*before, Let(DONE, done), *stores))
