# Declarations of engine.h, as far as the bridge uses them.

cdef extern from "rv_abi.h":
    enum:
        RV_ABI
    ctypedef struct rv_args:
        void *const *a
        const int64_t *mask
        int64_t n, step
        double dt
        const uint64_t *key
        int32_t *spikes
        int64_t *n_spikes
        const int64_t *seg
        const void *target
        const int64_t *order
        int64_t wide, stride, first, length
    ctypedef void rv_kernel(const rv_args *args, int64_t begin, int64_t end) noexcept nogil

cdef extern from "engine.h" nogil:
    ctypedef enum en_role:
        EN_FIXED, EN_PARAM, EN_VALUE, EN_INPUT, EN_DERIVED, EN_PROPAGATOR, EN_STEP, EN_MASK, EN_SUBTOTAL
    ctypedef enum en_status:
        EN_DONE, EN_STOPPED, EN_NAN, EN_NO_MEMORY
    enum:
        EN_REGULAR, EN_READ_OUT
    ctypedef enum en_operation:
        EN_SUM, EN_MEAN, EN_MIN, EN_MAX, EN_NORM1, EN_NORM2
    ctypedef struct en_ring:
        const void *source
        void *rows
        int64_t *started
    ctypedef struct en_sweep:
        rv_kernel *kernel[2]
        rv_args args
        const int64_t *seg
        int64_t count
        int wide
        const int64_t *cuts
        double work
    ctypedef struct en_term:
        en_sweep sweep
        int entry, assign
        void *target
        int64_t npad
    ctypedef struct en_reduction:
        int op, entry
        const void *source
        int64_t n
    ctypedef struct en_entry:
        int spread, varying
        int n_deps
        int *deps
    ctypedef struct en_linear:
        int size
        int *a
        int *p
        int *q
    ctypedef struct en_binding:
        int n_spread
        en_entry *entry
        en_linear *linear
        rv_args args
        rv_kernel *prepare
        rv_kernel **before
        int n_before
    ctypedef struct en_list:
        int64_t npad, slots
        int32_t *history
        int64_t *counts
    ctypedef struct en_event:
        en_list list
        int mask_entry
        rv_kernel *code
    ctypedef struct en_code:
        int population, event, writes_params
        int64_t period, offset
        en_binding *binding
        rv_kernel *kernel
    ctypedef struct en_received:
        const void *source
        void *copy
        int always
    ctypedef struct en_population:
        int n_received
        en_received *received
        int64_t n, npad, slots
        int n_rings
        en_ring *ring
        void *ring_rows
        int64_t ring_slots
        en_binding *binding
        rv_kernel *update[2]
        rv_kernel *reset
        int32_t *history
        int32_t *spare
        int64_t *counts
        void *last
        const int64_t *source_steps
        const int32_t *source_ranks
        int64_t source_length
        int64_t *source_position
        int enabled, n_events
        en_event *event
    ctypedef struct en_subtotal:
        int entry, direct
        void *target
        const void *until
        const void *last
    ctypedef struct en_projection
    ctypedef enum en_place:
        EN_AT_SYNAPSE, EN_AT_POST, EN_AT_ALL
    ctypedef struct en_tap:
        const char *data
        en_place place
        int before, width
        const uint8_t *select
        const en_projection *computed
        int64_t n
    ctypedef struct en_pathway:
        rv_kernel *kernel[2]
        rv_args args
        int64_t since, n_pending
        const int64_t *pending_step
        const int64_t *pending_seg
        const int64_t *indptr
        const int64_t *delays
        int n_delays, wide, post, event
        int n_taps, singly
        en_tap **tap
        en_subtotal *subtotal
        rv_kernel *trace
        rv_kernel *now_all
        rv_kernel *now_of
        int64_t far_pad
        int64_t *seen
        int64_t *far
    ctypedef struct en_projection:
        int pre, post, same_step, enabled
        int n_terms, n_steps, n_reductions, n_pre_paths, n_post_paths, lifted
        en_term *term
        en_sweep *step
        en_reduction *reduction
        int64_t period, offset
        int readout, changes_pre, changes_post
        en_binding *binding
        en_pathway *pre_path
        en_pathway *post_path
    ctypedef enum en_split:
        EN_WHOLE, EN_BY_POST, EN_BY_SYNAPSE
    ctypedef struct en_group:
        int first, end
        en_split split
    ctypedef struct en_phase:
        int n_groups
        en_group *group
    ctypedef struct en_recorder:
        const char *data
        const int64_t *ranks
        int64_t n, period, start
        int64_t *count
        const int64_t *at
        int64_t n_at
        int width
        char *out
    ctypedef struct en_spikes:
        int population, event
        const uint8_t *select
        int64_t n_ranks
    ctypedef struct en_condition:
        int population
        en_binding *binding
        rv_kernel *kernel
        int mask_entry, every
    ctypedef struct en_link:
        void *data
        const void *source
        const int64_t *index
        int64_t n
    ctypedef struct en_guard:
        const void *data
        int64_t n
        int width
    ctypedef struct en_rate:
        int population
        int64_t slots, words
        uint64_t *bits
        int64_t *counts
        void *rate
        double scale
    ctypedef struct en_engine:
        double dt
        int64_t *step
        int width
        en_population *population
        en_projection *projection
        en_recorder *recorder
        en_spikes *spikes
        en_condition *condition
        en_guard *guard
        en_code *code
        int n_links
        en_link *link
        int n_rates
        en_rate *rate
        int n_taps
        en_tap *tap
        int parts, always, fused
        en_phase forward[2]
        en_phase back[2]
        int conditions_all
        int64_t nan_every
        en_status status
        int bad_guard
        int64_t bad_rank

    void *en_alloc(size_t bytes)
    void *en_own(en_engine *e, size_t bytes)
    en_engine *en_new(int populations, int projections, int spikes, int conditions, int guards, int codes,
                      int parts)
    void en_free(en_engine *e)
    size_t en_bytes(const en_engine *e)
    en_binding *en_new_binding(en_engine *e, int64_t n, int64_t npad, int per_element, int entries, int linear)
    int en_set_entry(en_engine *e, en_binding *b, int k, en_role role, void *data, int shared, int64_t length)
    int en_init_pathways(en_engine *e, en_projection *p, int pre_paths, int post_paths)
    int en_init_pathway(en_engine *e, const en_binding *b, en_pathway *p, int subtotals)
    int en_init_population(en_engine *e, en_population *p, int events)
    int en_set_recorders(en_engine *e, int recorders)
    int64_t en_check_range(const void *data, int64_t n, int kind, int64_t limit)
    int64_t en_check_ascending(const int64_t *data, int64_t n, int64_t gap)
    int en_runs(const int64_t *indptr, int64_t rows, rv_args *args)
    int64_t en_check_source(const int64_t *steps, const int32_t *ranks, int64_t n)
    int en_begin(en_engine *e)
    en_list en_list_of(const en_population *p, int event)
    int64_t en_samples_due(const en_recorder *r, int64_t step, int64_t n_steps)
    int en_scan(en_engine *e)
    void en_drain(en_spikes *s, int64_t *steps, int32_t *ranks)
    void en_drain_tap(en_tap *t, int64_t *steps, int32_t *ends, void *values)
    int64_t en_run(en_engine *e, int64_t n_steps, int64_t budget)
