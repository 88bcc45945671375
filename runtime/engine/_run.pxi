# The engine as Python sees it.

from ranvier.runtime.planning.plan import RunStatus
from ranvier.runtime.planning.sharing import sharing, sweep_cuts

cdef int MAX_THREADS = 1024
cdef int64_t CHUNK = 20_000_000  # nanoseconds between two looks at signals


cdef class Engine:
    cdef en_engine *e
    cdef Arrays arrays
    cdef object plan
    cdef list libraries, recorders
    cdef bint running, in_c

    def __cinit__(self, plan, int threads=1, bint always=False):
        if not plan.populations:
            raise ValueError("a network needs at least one population")
        if not 1 <= threads <= MAX_THREADS:
            raise ValueError(f"{threads} threads")
        self.plan, self.libraries, self.recorders = plan, [], []
        single = any(p.last.dtype == np.int32 for p in plan.populations)
        self.arrays = Arrays(single)
        self.e = en_new(
            len(plan.populations), len(plan.projections), len(plan.spike_recorders), len(plan.conditions),
            len(plan.guarded),
            len(plan.regular) + len(plan.readouts) + sum(len(p.codes) for p in plan.populations), threads,
        )
        allocated(self.e == NULL)
        cdef en_engine *e = self.e
        e.always = always
        e.dt, e.width, e.conditions_all = plan.dt, 4 if single else 8, plan.conditions_all
        e.step = <int64_t *> self.arrays.write(plan.step, np.int64, "step", 1)
        for i, population in enumerate(plan.populations):
            bind_population(e, self.arrays, population, &e.population[i], self.libraries)
        for i, projection in enumerate(plan.projections):
            bind_projection(e, self.arrays, projection, &e.projection[i], self.libraries, len(plan.populations))
            changed = [
                plan.populations[side].binding is not None
                and writes_params(plan.populations[side].binding, projection.binding, projection)
                for side in (projection.pre, projection.post)
            ]
            e.projection[i].changes_pre, e.projection[i].changes_post = changed[0], changed[1]
        for i, condition in enumerate(plan.conditions):
            bind_condition(e, self.arrays, condition, &e.condition[i], f"stop condition {i}", self.libraries)
        bind_codes(e, self.arrays, plan, self.libraries)
        bind_links(e, self.arrays, plan)
        bind_rates(e, self.arrays, plan)
        bind_taps(e, self.arrays, plan)
        self.bind_groups()
        self.bind_spike_recorders()
        self.bind_guards()

    def __dealloc__(self):
        en_free(self.e)

    cdef int bind_groups(self) except -1:
        """Note what may run in parts."""
        cdef en_engine *e = self.e
        alone = [i for i in range(len(self.plan.projections)) if e.projection[i].changes_pre or e.projection[i].changes_post]
        alone += [recorder.projection for recorder in self.plan.synapse_recorders]
        shared = sharing(self.plan, alone)
        for i in range(2):
            bind_phase(e, &e.forward[i], shared.forward[i])
            bind_phase(e, &e.back[i], shared.back[i])
        e.fused = shared.fused
        return 0

    cdef int bind_spike_recorders(self) except -1:
        for i, recorder in enumerate(self.plan.spike_recorders):
            name = f"spike recorder {i}"
            if not 0 <= recorder.population < len(self.plan.populations):
                raise ValueError(f"{name}: no such population")
            if not 0 <= recorder.event <= self.e.population[<int> recorder.population].n_events:
                raise ValueError(f"{name}: no event {recorder.event}")
            self.e.spikes[i].event = recorder.event
            if not recorder.event and self.e.population[<int> recorder.population].history == NULL:
                raise ValueError(f"{name}: the population does not spike")
            self.e.spikes[i].population = recorder.population
            if recorder.select is not None:
                n = self.plan.populations[recorder.population].n
                self.e.spikes[i].select = <const uint8_t *> self.arrays.read(recorder.select, np.uint8, name, n)
        return 0

    cdef int bind_guards(self) except -1:
        for i, guarded in enumerate(self.plan.guarded):
            name = f"guarded {guarded.owner}.{guarded.variable}"
            self.e.guard[i].data = self.arrays.read(guarded.data, (np.float64, np.float32), name, guarded.n)
            self.e.guard[i].n = guarded.n
            self.e.guard[i].width = guarded.data.itemsize
        return 0

    cdef int bind_recorders(self) except -1:
        """Take over the recorders of the plan, unless all are those of the last segment."""
        now = [(r, r.data, r.ranks, r.out, r.count, r.at) for r in self.plan.recorders]
        if len(now) != len(self.recorders) or any(a is not b for x, y in zip(now, self.recorders) for a, b in zip(x, y)):
            self.recorders = []
            allocated(en_set_recorders(self.e, len(now)))
            for i, taken in enumerate(now):
                self.bind_recorder(&self.e.recorder[i], taken[0], f"recorder {i}")
            self.recorders = now
        for i, recorder in enumerate(self.plan.recorders):
            if recorder.period < 1:
                raise ValueError(f"recorder {i}: a period of {recorder.period} steps")
            self.e.recorder[i].period, self.e.recorder[i].start = recorder.period, recorder.start
        return 0

    cdef int bind_recorder(self, en_recorder *r, object recorder, str name) except -1:
        types = (np.float64, np.float32, np.int64, np.int32)
        length = 1 if recorder.ranks is not None else recorder.n
        r.data = <const char *> cnp.PyArray_DATA(check(recorder.data, types, f"{name}: data", length))
        check(writable(recorder.out, f"{name}: out"), recorder.data.dtype.type, f"{name}: out", 0, 2)
        r.out = <char *> cnp.PyArray_DATA(recorder.out)
        r.count = <int64_t *> cnp.PyArray_DATA(writable(check(recorder.count, np.int64, f"{name}: count", 1), name))
        r.n, r.ranks, r.width = recorder.n, NULL, recorder.data.itemsize
        if recorder.ranks is not None:
            r.ranks = <const int64_t *> cnp.PyArray_DATA(check(recorder.ranks, np.int64, f"{name}: ranks"))
            in_range(recorder.ranks, len(recorder.data), f"{name}: ranks")
            r.n = len(recorder.ranks)
        r.at, r.n_at = NULL, 0
        if recorder.at is not None:
            r.at = <const int64_t *> cnp.PyArray_DATA(check(recorder.at, np.int64, f"{name}: at"))
            ascending(recorder.at, 1, f"{name}: at")
            r.n_at = len(recorder.at)
        if recorder.out.shape[1] != r.n:
            raise ValueError(f"{name}: out: expected rows of {r.n} elements, got {recorder.out.shape[1]}")
        return 0

    cdef int begin(self, int64_t n_steps) except -1:
        """Start a segment: read again what may have changed, and make sure that the samples fit."""
        cdef en_engine *e = self.e
        for i, population in enumerate(self.plan.populations):
            e.population[i].enabled = population.enabled
        for i, projection in enumerate(self.plan.projections):
            e.projection[i].enabled = projection.enabled
        e.nan_every = self.plan.nan_every
        if e.step[0] < 0:
            raise ValueError(f"step: the clock stands at {e.step[0]}")
        self.bind_recorders()
        for i, recorder in enumerate(self.plan.recorders):
            due, count = en_samples_due(&e.recorder[i], e.step[0], n_steps), e.recorder[i].count[0]
            if count < 0 or count + due > recorder.out.shape[0]:
                raise ValueError(f"recorder {i}: out: {count} + {due} samples do not fit {recorder.out.shape[0]} rows")
        with nogil:
            failed = en_begin(e)
        return allocated(failed)

    def run(self, n_steps, progress=None):
        cdef int64_t wanted = n_steps, done = 0, more
        if wanted < 0:
            raise ValueError(f"cannot run {wanted} steps")
        if self.running:
            raise RuntimeError("this network is already running")
        self.running = True
        try:
            self.begin(wanted)
            while True:
                more = wanted - done
                self.in_c = True
                with nogil:
                    more = en_run(self.e, more, CHUNK)
                self.in_c = False
                done += more
                if self.e.status != EN_DONE or done == wanted:
                    return self.status(done)
                PyErr_CheckSignals()
                if progress is not None:
                    progress(done)
        finally:
            self.running = False

    cdef object status(self, int64_t steps):
        if self.e.status == EN_NO_MEMORY:
            raise MemoryError("no memory for the spikes of one step")
        if self.e.status == EN_NAN:
            bad = self.plan.guarded[self.e.bad_guard]
            return RunStatus("nan", steps, bad.owner, bad.variable, self.e.bad_rank)
        return RunStatus("stopped" if self.e.status == EN_STOPPED else "done", steps)

    def scan(self):
        self.not_in_c()
        self.e.status = EN_NAN if en_scan(self.e) else EN_DONE
        return self.status(0)

    cdef int not_in_c(self) except -1:
        if self.in_c:
            raise RuntimeError("this network is running in another thread")
        return 0

    cdef en_spikes *recorded(self, k) except NULL:
        self.not_in_c()
        if not 0 <= k < len(self.plan.spike_recorders):
            raise ValueError(f"no spike recorder {k}")
        return &self.e.spikes[<int> k]

    def pending_spikes(self, k):
        return self.recorded(k).n_ranks

    def drain_spikes(self, k):
        cdef en_spikes *s = self.recorded(k)
        steps, ranks = np.empty(s.n_ranks, np.int64), np.empty(s.n_ranks, np.int32)
        en_drain(s, <int64_t *> cnp.PyArray_DATA(steps), <int32_t *> cnp.PyArray_DATA(ranks))
        return steps, ranks

    def drain_synapses(self, k):
        self.not_in_c()
        if not 0 <= k < len(self.plan.synapse_recorders):
            raise ValueError(f"no recorder {k} of synapses")
        cdef en_tap *t = &self.e.tap[<int> k]
        steps, ends = np.empty(t.n, np.int64), np.empty((t.n, 2), np.int32)
        values = np.empty(t.n, self.plan.synapse_recorders[k].data.dtype)
        en_drain_tap(t, <int64_t *> cnp.PyArray_DATA(steps), <int32_t *> cnp.PyArray_DATA(ends), cnp.PyArray_DATA(values))
        return steps, ends[:, 0].copy(), ends[:, 1].copy(), values

    @property
    def bytes(self):
        return en_bytes(self.e)


cdef int bind_phase(en_engine *e, en_phase *phase, object groups) except -1:
    phase.group = <en_group *> en_own(e, sizeof(en_group) * len(groups))
    allocated(phase.group == NULL)
    phase.n_groups = len(groups)
    for i, group in enumerate(groups):
        phase.group[i].first, phase.group[i].end, phase.group[i].split = group.first, group.end, group.split
    return 0
