# From the objects of a plan to the structs of engine.h. Every array is checked here, once.

cdef dict ROLES = {
    "param": EN_PARAM, "derived": EN_DERIVED, "matrix": EN_DERIVED, "propagator": EN_PROPAGATOR, "state": EN_VALUE,
    "input": EN_INPUT, "step": EN_STEP, "mask": EN_MASK, "until": EN_VALUE, "last": EN_VALUE, "lastupdate": EN_VALUE,
    "table": EN_FIXED, "pre": EN_FIXED, "post": EN_FIXED, "subtotal": EN_SUBTOTAL, "total": EN_SUBTOTAL,
    "semi": EN_FIXED, "late": EN_FIXED, "rows": EN_FIXED, "reduced": EN_FIXED,
    "pretrace": EN_VALUE, "posttrace": EN_VALUE, "prenow": EN_MASK, "postnow": EN_MASK,
}
cdef frozenset SCRATCH = frozenset(
    ("derived", "matrix", "propagator", "step", "mask", "subtotal", "total", "prenow", "postnow")
)


cdef int allocated(int64_t result) except -1:
    if result:
        raise MemoryError("no memory for the engine")
    return 0


cdef class Arrays:
    """Checks arrays, takes their pointers and keeps them alive."""

    cdef list kept
    cdef object real, integer

    def __cinit__(self, bint single):
        self.kept = []
        self.real = np.float32 if single else np.float64
        self.integer = np.int32 if single else np.int64

    cdef void *read(self, object array, object dtypes, str name, int64_t length) except? NULL:
        self.kept.append(check(array, dtypes, name, length))
        return cnp.PyArray_DATA(array)

    cdef void *write(self, object array, object dtypes, str name, int64_t length) except? NULL:
        return self.read(writable(array, name), dtypes, name, length)

    cdef void *vector(self, object array, object dtype, str name, int64_t length, bint written) except? NULL:
        """Take an array that kernels use."""
        check(array, dtype, name, length, 1, 64)
        return self.write(array, dtype, name, length) if written else self.read(array, dtype, name, length)


cdef int fill_indices(en_engine *e, object names, dict index, int **out, str name) except -1:
    """Store the layout indices of `names` (-1 for "")."""
    out[0] = <int *> en_own(e, sizeof(int) * len(names))
    allocated(out[0] == NULL)
    for i, entry in enumerate(names):
        if entry and entry not in index:
            raise ValueError(f"{name}: '{entry}' is not in the layout")
        out[0][i] = index[entry] if entry else -1
    return 0


cdef en_binding *bind(en_engine *e, Arrays arrays, object binding, str owner, Library library,
                      int64_t pre_pad, int64_t post_pad, object direct) except NULL:
    """Make the C form of a `Binding`; `direct` holds the subtotal entries that need no scratch."""
    layout = binding.ir.layout
    if binding.n > binding.npad or binding.npad % 64:
        raise ValueError(f"{owner}: {binding.n} elements do not fit a padded length of {binding.npad}")
    if len(binding.arrays) != len(layout) or len(binding.shared) != len(layout):
        raise ValueError(f"{owner}: expected {len(layout)} arrays, got {len(binding.arrays)}")
    cdef bint neurons = binding.ir.kind != "synapse"
    cdef en_binding *b = en_new_binding(e, binding.n, binding.npad, neurons, len(layout), len(binding.ir.blocks))
    allocated(b == NULL)
    index = {entry.name: k for k, entry in enumerate(layout)}
    elements = {"pre": pre_pad, "post": post_pad, "semi": post_pad, "table": 0, "late": 0, "rows": 0}
    if binding.lifted:
        elements |= {"pretrace": pre_pad, "posttrace": post_pad}
    cdef void *data
    for k, entry in enumerate(layout):
        name = f"{owner}: {entry.name}"
        shared, data, length = bool(binding.shared[k]), NULL, binding.npad
        if entry.role not in SCRATCH:
            length = 64 if shared else elements.get(entry.role, binding.npad if neurons else binding.n)
            dtype = np.float64 if entry.role == "table" else arrays.real if entry.type == "float" else arrays.integer
            data = arrays.vector(binding.arrays[k], dtype, name, length, entry.written)
        elif entry.role == "total":
            length = max(pre_pad, post_pad)
        elif entry.role in ("prenow", "postnow"):
            length = 0 if not binding.lifted else pre_pad if entry.role == "prenow" else post_pad
        elif entry.role == "subtotal":
            length = 0 if k in direct else 64 if shared else post_pad
        allocated(en_set_entry(e, b, k, ROLES[entry.role], data, shared, length))
        b.entry[k].varying = k in binding.varying
        if shared and entry.written and entry.role in ("pre", "post", "state") and not neurons:
            b.entry[k].spread = 1
            b.n_spread += 1
        b.entry[k].n_deps = len(entry.deps)
        fill_indices(e, entry.deps, index, &b.entry[k].deps, name)
        for d in entry.deps:
            together = binding.lifted or entry.role not in ("pretrace", "posttrace")
            if not neurons and together and not binding.shared[index[d]] and layout[index[d]].role == "param":
                raise ValueError(f"{name}: computed once from '{d}', which has one value per synapse")
    no_aliases(binding, owner)
    for l, block in enumerate(binding.ir.blocks):
        b.linear[l].size = block.size
        fill_indices(e, block.a, index, &b.linear[l].a, owner)
        fill_indices(e, block.p, index, &b.linear[l].p, owner)
        fill_indices(e, block.q, index, &b.linear[l].q, owner)
    b.args.key = <const uint64_t *> arrays.read(binding.keys, np.uint64, f"{owner}: keys", len(binding.ir.draws))
    b.prepare = library.find("rv_prepare")
    bind_before(e, b, binding, library)
    return b


cdef int bind_before(en_engine *e, en_binding *b, object binding, Library library) except -1:
    """Find what computes the values of a step."""
    names = [p.name for p in binding.ir.programs if p.name == "shared" or p.name.startswith("reduce:")]
    b.before = <rv_kernel **> en_own(e, sizeof(rv_kernel *) * len(names))
    allocated(b.before == NULL)
    for i, name in enumerate(names):
        b.before[i] = library.need("rv_" + name.replace(":", ""))
    b.n_before = len(names)
    return 0


cdef int no_aliases(object binding, str owner) except -1:
    """Kernels promise the C compiler that no array they write is reached in a second way."""
    seen = {}
    for entry, array in zip(binding.ir.layout, binding.arrays):
        if entry.role in SCRATCH or not array.size:
            continue
        other = seen.setdefault(address(array), entry)
        ends = binding.ir.same_ends and entry.role in ("pre", "post") and other.role in ("pre", "post")
        if other is not entry and (other.written or entry.written) and not ends:
            raise ValueError(f"{owner}: {entry.name} and {other.name} are one array, and one of them is written")
    return 0


cdef int bind_population(en_engine *e, Arrays arrays, object plan, en_population *p, list libraries) except -1:
    name = f"population '{plan.name}'"
    p.n, p.npad, p.slots = plan.n, plan.npad, plan.history.shape[0]
    allocated(en_init_population(e, p, len(plan.events)))
    if not 0 < p.n <= p.npad or p.npad % 64:
        raise ValueError(f"{name}: {p.n} neurons do not fit a padded length of {p.npad}")
    if plan.binding is None and plan.source is None and not plan.spiking:  # synapses, which are an end
        return bind_rings(e, arrays, plan, p, name)
    if (plan.binding is None) == (plan.source is None):
        raise ValueError(f"{name}: expected either a model or a spike source")
    if plan.spiking or plan.source is not None:
        check(plan.history, np.int32, f"{name}: history", 1, 2)
        if plan.history.shape[1] != p.npad:
            raise ValueError(f"{name}: history: expected rows of {p.npad} elements, got {plan.history.shape[1]}")
        p.history = <int32_t *> arrays.write(plan.history.reshape(-1), np.int32, f"{name}: history", 0)
        p.counts = <int64_t *> arrays.write(plan.counts, np.int64, f"{name}: counts", p.slots)
        in_range(plan.counts, p.n + 1, f"{name}: counts")
        for slot in range(p.slots):
            in_range(plan.history[slot, : plan.counts[slot]], p.n, f"{name}: history")
        p.last = arrays.write(plan.last, arrays.integer, f"{name}: last", p.npad)
    else:
        p.spare = <int32_t *> en_own(e, sizeof(int32_t) * p.npad)
        allocated(p.spare == NULL)
    if plan.source is not None:
        source, length = plan.source, len(plan.source.steps)
        p.source_steps = <const int64_t *> arrays.read(source.steps, np.int64, f"{name}: source steps", 0)
        p.source_ranks = <const int32_t *> arrays.read(source.ranks, np.int32, f"{name}: source ranks", length)
        p.source_position = <int64_t *> arrays.write(source.position, np.int64, f"{name}: source position", 1)
        p.source_length = length
        in_range(source.ranks, p.n, f"{name}: source ranks")
        in_range(source.position[:1], length + 1, f"{name}: source position")
        if en_check_source(p.source_steps, p.source_ranks, length) >= 0:
            raise ValueError(f"{name}: source spikes must be sorted by step and rank, each once")
        return 0
    if plan.binding.n != plan.n or plan.binding.npad != plan.npad:
        raise ValueError(f"{name}: the model is bound to {plan.binding.n} elements, not {plan.n}")
    library = <Library?> plan.binding.library
    libraries.append(library)
    p.binding = bind(e, arrays, plan.binding, name, library, 0, 0, ())
    bind_rings(e, arrays, plan, p, name)
    bind_received(e, arrays, plan, p, name)
    p.update[0] = (<Library> library).need("rv_update_general")
    p.update[1] = (<Library> library).need("rv_update_uniform")
    p.reset = (<Library> library).find("rv_reset")
    bind_events(e, arrays, plan, p, library, name)
    return 0


cdef int bind_events(en_engine *e, Arrays arrays, object plan, en_population *p, Library library, str name) except -1:
    layout = plan.binding.ir.layout
    programs = [program.name for program in plan.binding.ir.programs if program.name.startswith("event:")]
    for i, event in enumerate(plan.events):
        part = f"{name}, event '{event.name}'"
        if not 0 <= event.entry < len(layout) or layout[event.entry].role != "mask":
            raise ValueError(f"{part}: entry {event.entry} of the layout is not a mask")
        check(event.history, np.int32, f"{part}: history", 1, 2)
        slots = event.history.shape[0]
        if event.history.shape[1] != p.npad:
            raise ValueError(f"{part}: history: expected rows of {p.npad} elements, got {event.history.shape[1]}")
        p.event[i].list.npad, p.event[i].list.slots = p.npad, slots
        p.event[i].list.history = <int32_t *> arrays.write(event.history.reshape(-1), np.int32, f"{part}: history", 0)
        p.event[i].list.counts = <int64_t *> arrays.write(event.counts, np.int64, f"{part}: counts", slots)
        in_range(event.counts, p.n + 1, f"{part}: counts")
        for slot in range(slots):
            in_range(event.history[slot, : event.counts[slot]], p.n, f"{part}: history")
        p.event[i].mask_entry = event.entry
        if event.program:
            p.event[i].code = library.need(f"rv_event{programs.index(event.program)}")
    return 0


cdef int bind_codes(en_engine *e, Arrays arrays, object plan, list libraries) except -1:
    """Attached code: of the events of each population, in order, then what runs regularly."""
    parts = [(i, c.event, c.binding, 1, 0) for i, p in enumerate(plan.populations) for c in p.codes]
    parts += [(c.population, EN_REGULAR, c.binding, c.period, c.offset) for c in plan.regular]
    parts += [(c.population, EN_READ_OUT, c.binding, c.period, c.offset) for c in plan.readouts]
    for k, (population, event, binding, period, offset) in enumerate(parts):
        name = f"code {k} of population {population}"
        if not 0 <= population < len(plan.populations) or plan.populations[population].binding is None:
            raise ValueError(f"{name}: no such population")
        if period < 1 or offset < 0 or event > len(plan.populations[population].events):
            raise ValueError(f"{name}: period {period}, offset {offset}, event {event}")
        if event == 0 and e.population[<int> population].history == NULL:
            raise ValueError(f"{name}: the population does not spike")
        library = <Library?> binding.library
        libraries.append(library)
        e.code[k].population, e.code[k].event = population, event
        e.code[k].period, e.code[k].offset = period, offset
        e.code[k].binding = bind(e, arrays, binding, name, library, 0, 0, ())
        if binding.n != e.population[<int> population].n:
            raise ValueError(f"{name}: bound to {binding.n} elements")
        e.code[k].kernel = (<Library> library).need("rv_reset") if event >= 0 else (<Library> library).find("rv_code")
        e.code[k].writes_params = writes_params(plan.populations[population].binding, binding)
    return 0


cdef int bind_links(en_engine *e, Arrays arrays, object plan) except -1:
    e.link = <en_link *> en_own(e, sizeof(en_link) * len(plan.links))
    allocated(e.link == NULL)
    types = (arrays.real, arrays.integer)
    for i, link in enumerate(plan.links):
        name = f"link {i}"
        e.link[i].data = arrays.write(link.data, types, f"{name}: data", link.n)
        length = 1 if link.index is not None else link.n
        e.link[i].source = arrays.read(link.source, link.data.dtype.type, f"{name}: source", length)
        e.link[i].index, e.link[i].n = NULL, link.n
        if link.index is not None:
            e.link[i].index = <const int64_t *> arrays.read(link.index, np.int64, f"{name}: index", link.n)
            in_range(link.index, len(link.source), f"{name}: index")
    e.n_links = len(plan.links)
    return 0


cdef int bind_rates(en_engine *e, Arrays arrays, object plan) except -1:
    e.rate = <en_rate *> en_own(e, sizeof(en_rate) * len(plan.rates))
    allocated(e.rate == NULL)
    for i, rate in enumerate(plan.rates):
        name = f"rate {i}"
        if not 0 <= rate.population < len(plan.populations) or e.population[<int> rate.population].history == NULL:
            raise ValueError(f"{name}: no spiking population {rate.population}")
        n = plan.populations[rate.population].n
        slots, words = rate.bits.shape
        if slots < 1 or 64 * words < n:
            raise ValueError(f"{name}: {slots} rows of {words} words for {n} neurons")
        e.rate[i].population, e.rate[i].slots, e.rate[i].words = rate.population, slots, words
        e.rate[i].bits = <uint64_t *> arrays.write(rate.bits.reshape(-1), np.uint64, f"{name}: bits", slots * words)
        e.rate[i].counts = <int64_t *> arrays.write(rate.counts, np.int64, f"{name}: counts", n)
        e.rate[i].rate = arrays.write(rate.rate, arrays.real, f"{name}: rate", n)
        e.rate[i].scale = rate.scale
    e.n_rates = len(plan.rates)
    return 0


cdef int bind_taps(en_engine *e, Arrays arrays, object plan) except -1:
    """What is recorded at events; en_free looks at the number of recorders."""
    places = {"synapse": EN_AT_SYNAPSE, "post": EN_AT_POST, "all": EN_AT_ALL}
    recorders = plan.synapse_recorders
    e.tap = <en_tap *> en_own(e, sizeof(en_tap) * len(recorders))
    allocated(e.tap == NULL)
    e.n_taps = len(recorders)
    cdef en_tap *t
    cdef en_projection *p
    for i, recorder in enumerate(recorders):
        name, t = f"recorder {i} of synapses", &e.tap[i]
        if not 0 <= recorder.projection < len(plan.projections):
            raise ValueError(f"{name}: no such projection")
        projection = plan.projections[recorder.projection]
        p = &e.projection[<int> recorder.projection]
        n, n_post = projection.binding.n, plan.populations[projection.post].n
        if recorder.singly and projection.binding.lifted:
            raise ValueError(f"{name}: traces are lifted")
        t.place, t.before = places[recorder.place], recorder.before
        t.width = recorder.data.itemsize
        types = (np.float64, np.float32, np.int64, np.int32)
        length = n if recorder.place == "synapse" else n_post if recorder.place == "post" else 1
        t.data = <const char *> arrays.read(recorder.data, types, f"{name}: data", length)
        if recorder.select is not None:
            t.select = <const uint8_t *> arrays.read(recorder.select, np.uint8, f"{name}: select", n)
        if recorder.computed is not None:
            found = plan.projections[recorder.computed]
            if not recorder.singly or not found.readout or len(found.steps) != 1 or found.steps[0].target is None:
                raise ValueError(f"{name}: projection {recorder.computed} does not compute one value of each synapse")
            t.computed = &e.projection[<int> recorder.computed]
        for program in recorder.programs:
            tap_pathway(e, projection, p, program, recorders, i)
    return 0


cdef int tap_pathway(en_engine *e, object projection, en_projection *p, str program, list recorders, int i) except -1:
    pre = [pathway.program for pathway in projection.pathways]
    post = [pathway.program for pathway in projection.post_pathways]
    if program not in pre and program not in post:
        raise ValueError(f"recorder {i} of synapses: projection '{projection.name}' has no pathway '{program}'")
    cdef en_pathway *path = &p.pre_path[<int> pre.index(program)] if program in pre else &p.post_path[<int> post.index(program)]
    if path.tap == NULL:
        path.tap = <en_tap **> en_own(e, sizeof(en_tap *) * len(recorders))
        allocated(path.tap == NULL)
    path.tap[path.n_taps] = &e.tap[i]
    path.n_taps += 1
    path.singly |= recorders[i].singly
    return 0


def writes_params(of, code, projection=None):
    """Tell whether code writes what the model of a population takes as fixed."""
    fixed = {address(a) for entry, a in zip(of.ir.layout, of.arrays) if entry.role == "param"}
    written = [a for entry, a in zip(code.ir.layout, code.arrays) if entry.written and entry.role not in SCRATCH]
    if projection is not None:
        written += [term.target for term in projection.terms]
        written += [s.target for p in (*projection.pathways, *projection.post_pathways) for s in p.subtotals]
    return any(address(a) in fixed for a in written)


cdef int bind_subtotals(en_engine *e, Arrays arrays, object plan, object pathway, en_pathway *p, int64_t npad,
                        str name) except -1:
    for s, subtotal in enumerate(pathway.subtotals):
        layout = plan.binding.ir.layout
        if not 0 <= subtotal.entry < len(layout) or layout[subtotal.entry].role != "subtotal":
            raise ValueError(f"{name}: entry {subtotal.entry} of the layout is not a subtotal")
        shared = bool(plan.binding.shared[subtotal.entry])
        if shared and subtotal.direct:
            raise ValueError(f"{name}: a shared target cannot be written directly")
        p.subtotal[s].entry, p.subtotal[s].direct = subtotal.entry, subtotal.direct
        target = f"{name}: target of {layout[subtotal.entry].name}"
        p.subtotal[s].target = arrays.vector(subtotal.target, arrays.real, target, 64 if shared else npad, True)
        if subtotal.until is not None:
            if shared or subtotal.direct:
                raise ValueError(f"{target}: neurons that may be refractory have values of their own")
            p.subtotal[s].until = arrays.vector(subtotal.until, arrays.integer, f"{target}: until", npad, False)
            p.subtotal[s].last = arrays.vector(subtotal.last, arrays.integer, f"{target}: last", npad, False)
    return 0


cdef int find_kernels(Library library, object pathway, object plan, en_pathway *p) except -1:
    """Find ``rv_pre0_u16`` and its kind: the number counts the programs of one side."""
    side = pathway.program.partition(":")[0]
    programs = [program.name for program in plan.binding.ir.programs if program.name.startswith(side + ":")]
    if pathway.program not in programs:
        raise ValueError(f"projection '{plan.name}': the model has no code for '{pathway.program}'")
    lifted = plan.binding.lifted
    expanded = not lifted and any(e.role in ("pretrace", "posttrace") for e in plan.binding.ir.layout)
    number, width = programs.index(pathway.program), "" if expanded else 32 if p.wide else 16
    ordered = "o" if side == "pre" and pathway.order is not None else ""
    p.args.wide = p.wide
    for form, letter in enumerate("kl" if lifted else "gu"):
        p.kernel[form] = library.need(f"rv_{side}{number}_{letter}{ordered}{width}")
    if lifted:
        p.trace = library.find(f"rv_trace_{side}{number}")
    return 0


cdef int find_rows_kernel(Library library, object pathway, object plan, en_pathway *p, int64_t rows) except -1:
    """Where the neurons of a row follow each other, code without indices serves equal parameters, and some others."""
    side = pathway.program.partition(":")[0]
    programs = [program.name for program in plan.binding.ir.programs if program.name.startswith(side + ":")]
    name = f"rv_{side}{programs.index(pathway.program)}"
    cdef rv_kernel *kernel = library.find(f"{name}_d")
    cdef rv_kernel *each = library.find(f"{name}_e")
    shared = any(plan.binding.shared[subtotal.entry] for subtotal in pathway.subtotals)
    expanded = not plan.binding.lifted and any(e.role in ("pretrace", "posttrace") for e in plan.binding.ir.layout)
    if kernel == NULL or shared or expanded or (side == "pre" and pathway.order is not None):
        return 0
    p.args.wide = p.wide
    if en_runs(p.indptr, rows, &p.args):
        p.kernel[1] = kernel
        if each != NULL:
            p.kernel[0] = each
    return 0


cdef int bind_far_traces(en_engine *e, Library library, object plan, en_pathway *p, str far, int64_t pad) except -1:
    """What computes the present values of lifted traces at the other side."""
    if not plan.binding.lifted or not any(entry.role == far + "now" for entry in plan.binding.ir.layout):
        return 0
    p.now_all, p.now_of = library.need(f"rv_now_{far}"), library.need(f"rv_some_{far}")
    p.far_pad, p.seen = pad, <int64_t *> en_own(e, sizeof(int64_t) * pad)
    p.far = <int64_t *> en_own(e, 3 * sizeof(int64_t) * (pad + e.parts))
    allocated(p.seen == NULL or p.far == NULL)
    return 0


cdef int bind_rows(Arrays arrays, object pathway, object ranks, en_pathway *p, int64_t rows, int64_t limit,
                   int64_t synapses, str name) except -1:
    """Check `indptr` and the ranks of the other side."""
    p.indptr = <const int64_t *> arrays.read(pathway.indptr, np.int64, f"{name}: indptr", rows + 1)
    p.args.target = arrays.read(ranks, (np.uint16, np.uint32), f"{name}: ranks of the other side", 0)
    p.wide = ranks.dtype == np.uint32
    ascending(pathway.indptr, 0, f"{name}: indptr")
    if p.indptr[0] != 0 or p.indptr[rows] > min(len(ranks), synapses):
        raise ValueError(f"{name}: indptr: {p.indptr[rows]} synapses, but the arrays hold {min(len(ranks), synapses)}")
    in_range(ranks, limit, f"{name}: ranks of the other side")
    return 0


cdef int bind_projection(en_engine *e, Arrays arrays, object plan, en_projection *p, list libraries,
                         int n_populations) except -1:
    name = f"projection '{plan.name}'"
    if not (0 <= plan.pre < n_populations and 0 <= plan.post < n_populations):
        raise ValueError(f"{name}: no such population")
    p.pre, p.post, p.same_step, p.lifted = plan.pre, plan.post, plan.same_step, plan.binding.lifted
    cdef en_population *pre = &e.population[p.pre]
    cdef en_population *post = &e.population[p.post]
    pre_spikes = any(not pathway.event for pathway in plan.pathways)
    if pre.history == NULL and pre_spikes or post.history == NULL and any(not p.event for p in plan.post_pathways):
        raise ValueError(f"{name}: event code needs a population that spikes")
    pathways = [*plan.pathways, *plan.post_pathways]
    scratch = {s.entry for pathway in pathways for s in pathway.subtotals if not s.direct}
    direct = {s.entry for pathway in pathways for s in pathway.subtotals} - scratch
    library = <Library?> plan.binding.library
    libraries.append(library)
    p.binding = bind(e, arrays, plan.binding, name, library, pre.npad, post.npad, direct)
    allocated(en_init_pathways(e, p, len(plan.pathways), len(plan.post_pathways)))
    cdef en_pathway *path
    for i, pathway in enumerate(plan.pathways):
        path, part = &p.pre_path[i], f"{name}, {pathway.program}"
        allocated(en_init_pathway(e, p.binding, path, len(pathway.subtotals)))
        path.delays = <const int64_t *> arrays.read(pathway.delays, np.int64, f"{part}: delays", 0)
        path.n_delays = len(pathway.delays)
        ascending(pathway.delays, 1, f"{part}: delays")
        if len(pathway.delays) and pathway.delays[0] < 1 - plan.same_step:
            raise ValueError(f"{part}: delays: {pathway.delays[0]} steps is too short")
        path.event = checked_event(pathway, pre, part)
        slots = en_list_of(pre, path.event).slots
        in_range(pathway.delays, slots, f"{part}: delays (the history of spikes has {slots} slots)")
        bind_rows(arrays, pathway, pathway.target, path, pre.n * path.n_delays, post.n, plan.binding.n, part)
        if pathway.order is not None:
            path.args.order = <const int64_t *> arrays.read(pathway.order, np.int64, f"{part}: order", 0)
            in_range(pathway.order, plan.binding.n, f"{part}: order")
        bind_subtotals(e, arrays, plan, pathway, path, post.npad, part)
        find_kernels(library, pathway, plan, path)
        bind_pending(arrays, pathway, path, len(pathway.target), pre.n, part)
        find_rows_kernel(library, pathway, plan, path, pre.n * path.n_delays)
        bind_far_traces(e, library, plan, path, "post", post.npad)
    for i, pathway in enumerate(plan.post_pathways):
        path, part = &p.post_path[i], f"{name}, {pathway.program}"
        allocated(en_init_pathway(e, p.binding, path, len(pathway.subtotals)))
        path.event = checked_event(pathway, post, part)
        path.delays = <const int64_t *> arrays.read(pathway.delays, np.int64, f"{part}: delays", 1)
        path.n_delays, path.post = len(pathway.delays), 1
        ascending(pathway.delays, 1, f"{part}: delays")
        slots = en_list_of(post, path.event).slots
        in_range(pathway.delays, slots, f"{part}: delays (the history of spikes has {slots} slots)")
        bind_rows(arrays, pathway, pathway.source, path, post.n * path.n_delays, pre.n, len(pathway.order), part)
        path.args.order = <const int64_t *> arrays.read(pathway.order, np.int64, f"{part}: order", 0)
        in_range(pathway.order, plan.binding.n, f"{part}: order")
        bind_subtotals(e, arrays, plan, pathway, path, post.npad, part)
        find_kernels(library, pathway, plan, path)
        bind_pending(arrays, pathway, path, len(pathway.order), post.n, part)
        find_rows_kernel(library, pathway, plan, path, post.n * path.n_delays)
        bind_far_traces(e, library, plan, path, "pre", pre.npad)
    bind_continuous(e, arrays, plan, p, library, name)
    return 0


cdef int bind_pending(Arrays arrays, object pathway, en_pathway *p, int64_t synapses, int64_t ranks, str name) except -1:
    """Bind the arrivals that follow delays of the past."""
    p.since, p.n_pending = pathway.since, 0
    if pathway.pending is None:
        return 0
    steps, segments = pathway.pending.steps, pathway.pending.segments
    p.pending_step = <const int64_t *> arrays.read(steps, np.int64, f"{name}: steps of arrivals", 0)
    p.pending_seg = <const int64_t *> arrays.read(segments, np.int64, f"{name}: arrivals", 3 * len(steps))
    ascending(steps, 0, f"{name}: steps of arrivals")
    in_range(np.ascontiguousarray(segments[0::3]), synapses, f"{name}: arrivals")
    in_range(np.ascontiguousarray(segments[1::3]), synapses + 1, f"{name}: arrivals")
    in_range(np.ascontiguousarray(segments[2::3]), ranks, f"{name}: arrivals")
    p.n_pending = len(steps)
    return 0


cdef int checked_event(object pathway, en_population *of, str name) except -1:
    if not 0 <= pathway.event <= of.n_events:
        raise ValueError(f"{name}: no event {pathway.event}")
    return pathway.event


cdef int bind_condition(en_engine *e, Arrays arrays, object plan, en_condition *c, str name, list libraries) except -1:
    library = <Library?> plan.binding.library
    libraries.append(library)
    roles = [entry.role for entry in plan.binding.ir.layout]
    if roles.count("mask") != 1:
        raise ValueError(f"{name}: a condition writes one mask, not {roles.count('mask')}")
    c.binding = bind(e, arrays, plan.binding, name, library, 0, 0, ())
    c.kernel = (<Library> library).need("rv_condition")
    c.mask_entry, c.every, c.population = roles.index("mask"), plan.every, plan.population
    return 0
