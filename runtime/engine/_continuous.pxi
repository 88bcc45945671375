# What synapses do in every step: from the plan to the structs of engine.h.

cdef tuple OPERATIONS = ("sum", "mean", "min", "max", "norm1", "norm2")


cdef int bind_received(en_engine *e, Arrays arrays, object plan, en_population *p, str name) except -1:
    p.received = <en_received *> en_own(e, sizeof(en_received) * len(plan.received))
    allocated(p.received == NULL)
    for i, received in enumerate(plan.received):
        part = f"{name}: input {i}"
        dtypes = (arrays.real, arrays.integer)
        p.received[i].source = arrays.read(received.source, dtypes, part, p.npad)
        p.received[i].copy = arrays.write(received.copy, dtypes, part, p.npad)
        p.received[i].always = received.always
        if received.source.dtype != received.copy.dtype:
            raise ValueError(f"{part}: a copy of another type")
    p.n_received = len(plan.received)
    return 0


cdef int bind_rings(en_engine *e, Arrays arrays, object plan, en_population *p, str name) except -1:
    if plan.ring_rows is None:
        return 0
    p.ring_slots = len(plan.ring_rows) - 1
    p.ring_rows = arrays.vector(plan.ring_rows, arrays.integer, f"{name}: rows of rings", 0, True)
    p.ring = <en_ring *> en_own(e, sizeof(en_ring) * len(plan.rings))
    allocated(p.ring == NULL)
    for i, ring in enumerate(plan.rings):
        part = f"{name}: ring {i}"
        dtypes = (arrays.real, arrays.integer)
        p.ring[i].source = arrays.read(ring.source, dtypes, part, p.npad)
        p.ring[i].rows = arrays.write(ring.rows, dtypes, part, p.ring_slots * p.npad)
        p.ring[i].started = <int64_t *> arrays.write(ring.started, np.int64, part, 1)
    p.n_rings = len(plan.rings)
    return 0


cdef int bind_sweep(Arrays arrays, object binding, en_binding *b, en_sweep *s, Library library, str kernel,
                    object segments, object ranks, int64_t rows, int64_t limit, bint ordered, bint neighbours,
                    str name) except -1:
    """Bind a kernel over synapses; `ordered`: positions lead to the storage through an index that is checked apart;
    `neighbours`: the form for such."""
    s.args = b.args
    s.seg = <const int64_t *> arrays.read(segments, np.int64, f"{name}: segments", 0)
    s.count = len(segments) // 3
    triples = np.asarray(segments).reshape(-1, 3)
    if ranks is None:
        if len(triples) and (triples.min() < 0 or triples[:, 1].max() > binding.n or triples[:, 2].max() >= rows
                             or np.any(triples[:, 1] - triples[:, 0] != limit)):
            raise ValueError(f"{name}: segments are out of range")
        for k, entry in enumerate(binding.ir.layout):
            if binding.shared[k] and not entry.shared and entry.role in ("param", "state") and entry.name[0] != "@":
                raise ValueError(f"{name}: {entry.name} has one value, where each synapse has its own")
        s.kernel[0] = s.kernel[1] = library.need(f"{kernel}_d")
        return 0
    s.wide = ranks.dtype == np.uint32
    s.args.target = arrays.read(ranks, (np.uint16, np.uint32), f"{name}: ranks", 0)
    positions = len(ranks) if ordered else min(len(ranks), binding.n)
    if len(triples) and (triples[:, :2].max() > positions or triples[:, 2].max() >= rows or triples.min() < 0):
        raise ValueError(f"{name}: segments are out of range")
    in_range(ranks, limit, f"{name}: ranks")
    if neighbours and (len(ranks) != s.count or len(triples) != triples[-1, 2] - triples[0, 2] + 1
                       or len(ranks) != int(ranks[-1]) - int(ranks[0]) + 1):
        raise ValueError(f"{name}: synapses of neighbours have gaps")
    s.args.wide = s.wide
    for form, letter in enumerate("gu"):
        width = 32 if s.wide else 16
        s.kernel[form] = library.need(f"{kernel}_n{letter}" if neighbours else f"{kernel}_{letter}{width}")
    return 0


cdef int bind_cuts(en_engine *e, Arrays arrays, object binding, en_sweep *s, str program, object segments) except -1:
    """Note where the parts of a sweep begin."""
    if e.parts == 1:
        return 0
    cuts = sweep_cuts(binding, program, segments, s.count, e.parts)
    if cuts is not None:
        s.cuts = <const int64_t *> arrays.read(cuts, np.int64, f"{program}: parts", e.parts + 1)
        s.work = float(np.sum(segments[1::3] - segments[::3])) if len(segments) else s.count
    return 0


cdef int bind_continuous(en_engine *e, Arrays arrays, object plan, en_projection *p, Library library, str name) except -1:
    cdef en_population *pre = &e.population[p.pre]
    cdef en_population *post = &e.population[p.post]
    cdef en_population *rows
    cdef en_population *others
    cdef int n_terms = len(plan.terms), n_steps = len(plan.steps), n_reductions = len(plan.reductions)
    p.term = <en_term *> en_own(e, sizeof(en_term) * n_terms)
    p.step = <en_sweep *> en_own(e, sizeof(en_sweep) * n_steps)
    p.reduction = <en_reduction *> en_own(e, sizeof(en_reduction) * n_reductions)
    allocated(p.term == NULL or p.step == NULL or p.reduction == NULL)
    layout = plan.binding.ir.layout
    for i, term in enumerate(plan.terms):
        part = f"{name}, {term.program}"
        rows = pre if term.side == "pre" else post
        others = post if term.side == "pre" else pre
        bind_sweep(arrays, plan.binding, p.binding, &p.term[i].sweep, library, f"rv_sum{i}", term.segments, term.source,
                   rows.n, others.n, term.order is not None, term.neighbours, part)
        if term.order is not None:
            p.term[i].sweep.args.order = <const int64_t *> arrays.read(term.order, np.int64, f"{part}: order",
                                                                       len(term.source))
            in_range(term.order, plan.binding.n, f"{part}: order")
        if not 0 <= term.entry < len(layout) or layout[term.entry].role != "total":
            raise ValueError(f"{part}: entry {term.entry} of the layout is not a total")
        bind_cuts(e, arrays, plan.binding, &p.term[i].sweep, term.program, term.segments)
        p.term[i].entry, p.term[i].assign = term.entry, term.assign
        p.term[i].target = arrays.vector(term.target, arrays.real, f"{part}: target", rows.npad, True)
        p.term[i].npad = rows.npad
    for i, step in enumerate(plan.steps):
        part = f"{name}, {step.program}"
        if step.program.endswith(":local"):
            ends = (pre.n, post.n) if step.target is not None else (post.n, pre.n)
            bind_sweep(arrays, plan.binding, p.binding, &p.step[i], library, f"rv_step{i}", step.segments, step.target,
                       ends[0], ends[1], False, False, part)
        else:
            p.step[i].args, p.step[i].count = p.binding.args, step.count
            if step.count > post.n:
                raise ValueError(f"{part}: {step.count} elements")
            p.step[i].kernel[0] = library.need(f"rv_step{i}")
        bind_cuts(e, arrays, plan.binding, &p.step[i], step.program, step.segments)
    for i, reduction in enumerate(plan.reductions):
        part = f"{name}, reduction {i}"
        if not 0 <= reduction.entry < len(layout) or layout[reduction.entry].role != "reduced":
            raise ValueError(f"{part}: entry {reduction.entry} of the layout is not reduced")
        p.reduction[i].op, p.reduction[i].entry = OPERATIONS.index(reduction.operation), reduction.entry
        p.reduction[i].source = arrays.vector(reduction.source, arrays.real, part, 0, False)
        p.reduction[i].n = reduction.n
        if not 0 < reduction.n <= len(reduction.source):
            raise ValueError(f"{part}: {reduction.n} elements")
    p.n_terms, p.n_steps, p.n_reductions = n_terms, n_steps, n_reductions
    p.period, p.offset, p.readout = plan.period, plan.offset, plan.readout
    return 0
