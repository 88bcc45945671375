/* The engine: executes a plan (plan.py) with compiled kernels. It owns no state of the network, only scratch.

   engine_memory.c   blocks of memory
   engine_build.c    structs and their scratch; checks of indices
   engine_prepare.c  start of a segment: padding, uniformity, derived values, choice of forms
   engine_deliver.c  spikes -> segments of synapses -> kernels -> subtotals
   engine_threads.c  workers, and whether they are worth it
   engine_sections.c what runs in parts: groups of projections, populations, sweeps over synapses
   engine_update.c   a step of the neurons
   engine_continuous.c  continuous transmission, synaptic statements
   engine_rates.c    firing rates in a sliding window
   engine_record.c   recorders, spike recorders, search for NaN and infinity
   engine_tap.c      values of synapses at events
   engine.c          the step                                                                                */
#ifndef RV_ENGINE_H
#define RV_ENGINE_H
#include <stddef.h>
#include <stdint.h>
#include "engine_threads.h"
#include "rv_abi.h"

/* The engine is built for any machine of its kind; loops marked so are also built for the wider vectors of newer ones,
   chosen when the library is loaded. Integer operations and additions of doubles give the same bits in all of them. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define EN_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EN_WIDE
#endif

/* What the engine has to know of the role of a layout entry (ir.py, ArrayRole). */
typedef enum {
    EN_FIXED,      /* belongs to another group: pre, post, table                        */
    EN_PARAM,      /* tested for uniformity                                             */
    EN_VALUE,      /* state, until, last, lastupdate                                    */
    EN_INPUT,      /* zeroed by the engine while the population is disabled             */
    EN_DERIVED,    /* scratch, written by rv_prepare: derived, matrix                   */
    EN_PROPAGATOR, /* scratch, written by the engine                                    */
    EN_STEP,       /* scratch: a block, written in every step before `update`           */
    EN_MASK,       /* scratch                                                           */
    EN_SUBTOTAL    /* scratch, -0.0 between uses                                        */
} en_role;

typedef struct en_entry {
    en_role role;
    int shared;   /* one block of 64 equal values                             */
    int spread;   /* shared, and written by code over synapses                */
    int uniform;  /* shared, or all values equal at the start of this segment */
    int varying;  /* other kernels write it: never uniform                    */
    void *data;   /* array of the plan; NULL: scratch                         */
    void *block;  /* scratch: 64 equal values                                 */
    void *full;   /* scratch: one value per element; allocated at first need  */
    void *seen;   /* param: its value or values at the last prepare           */
    int n_deps;
    int *deps;    /* entries this derived value or propagator depends on      */
} en_entry;

typedef struct en_linear {
    int size;
    int *a, *p, *q; /* entry of each element of A, P, Q, row by row; -1: zero, not needed */
} en_linear;

typedef struct en_binding {
    int64_t n, npad;
    int width;        /* bytes per value: 8 or 4                                     */
    int per_element;  /* neurons: padded arrays, kept copies of params               */
    int n_entries, n_linear, n_spread;
    en_entry *entry;
    en_linear *linear;
    void **a;
    int64_t *mask;
    rv_args args;
    rv_kernel *prepare; /* may be NULL */
    rv_kernel **before; /* what computes the values of a step, in order */
    int n_before;
    int prepared;       /* params and dt are those of the last rv_prepare */
    int uniform;        /* every param and everything computed from them  */
} en_binding;

/* Who had an event when; the spikes are the first of a population's. */
typedef struct en_list {
    int64_t npad, slots;
    int32_t *history;
    int64_t *counts;
} en_list;

typedef struct en_event {
    en_list list;
    int mask_entry;
    rv_kernel *code; /* may be NULL */
    int64_t *found;  /* per part: how many neurons had it */
} en_event;

/* What code of all neurons is for: attached by the user, or computed to be recorded. */
enum { EN_REGULAR = -1, EN_READ_OUT = -2 };

/* Code that was attached to a population: to one of its events, or run regularly. */
typedef struct en_code {
    int population, event; /* negative: all neurons, every `period` steps from `offset` on (EN_REGULAR, EN_READ_OUT) */
    int writes_params;     /* the population has to be prepared again */
    int64_t period, offset;
    en_binding *binding;
    rv_kernel *kernel; /* may be NULL: all is done by `before` */
} en_code;

typedef struct en_ring {
    const void *source;
    void *rows;
    int64_t *started;
} en_ring;

/* What neurons receive: copied before they take it. */
typedef struct en_received {
    const void *source;
    void *copy;
    int always; /* in every step, not just the last one of a run */
} en_received;

typedef struct en_population {
    int n_received;
    en_received *received;
    int n_rings;
    en_ring *ring;
    void *ring_rows; /* NULL: no rings */
    int64_t ring_slots;
    int64_t n, npad, slots;
    en_binding *binding;  /* NULL: pure spike source       */
    rv_kernel *update[2]; /* general, uniform              */
    rv_kernel *reset;     /* may be NULL                   */
    int32_t *history;     /* NULL: no spikes               */
    int32_t *spare;       /* where update writes then      */
    int64_t *found;       /* per part: how many spikes     */
    int64_t *counts;
    void *last;
    const int64_t *source_steps; /* NULL: no spike source  */
    const int32_t *source_ranks;
    int64_t source_length, *source_position;
    int enabled;
    int n_events;
    en_event *event;
} en_population;

typedef struct en_subtotal {
    int entry;
    int direct;
    void *target;
    const void *until, *last; /* NULL: refractory neurons, too, take it */
} en_subtotal;

/* How the synapses of one step may be divided without changing a bit (sharing.py). */
typedef enum { EN_WHOLE, EN_BY_POST, EN_BY_SYNAPSE } en_split;

/* What one part has of the events of a step, on a cache line of its own. */
typedef struct en_share {
    _Alignas(64) int64_t *seg;
    int64_t n_seg, cap_seg;
    int64_t synapses; /* in seg */
} en_share;

typedef struct en_pathway {
    rv_kernel *kernel[2]; /* general, uniform */
    rv_args args;
    void **a;
    const int64_t *indptr, *delays;
    int64_t since;            /* events of earlier steps are not looked up in the history                     */
    int64_t n_pending;        /* arrivals that follow delays of the past: steps, ascending, and their segments */
    const int64_t *pending_step, *pending_seg;
    int n_delays, wide, post; /* wide: targets are uint32; post: code of the postsynaptic side */
    int event;                      /* 0: spikes; else number of the event it listens to, from 1 */
    int n_subtotals;
    en_subtotal *subtotal;
    en_split split;
    en_share *share; /* per part, and one of the whole */
    int n_taps, singly; /* singly: one synapse after another, because what is recorded is not of one synapse */
    struct en_tap **tap;
    uint32_t *cuts;  /* per row: where in it the targets of parts 1, 2 ... begin; NULL: found by search */
    /* with lifted traces (all NULL otherwise) */
    rv_kernel *trace;            /* what the events do to the traces of their side         */
    rv_kernel *now_all, *now_of; /* present values of the traces of the other side         */
    int64_t far_pad, round, *seen, *far;
} en_pathway;

/* A kernel over all synapses (seg: triples of the plan) or over count elements (seg NULL). */
typedef struct en_sweep {
    rv_kernel *kernel[2]; /* general, uniform */
    rv_args args;
    const int64_t *seg;
    int64_t count;
    int wide;
    const int64_t *cuts; /* first segment of each part, and their number; NULL: never in parts */
    double work;         /* synapses */
    en_gauge gauge;
} en_sweep;

typedef struct en_term {
    en_sweep sweep;
    int entry, assign;
    void *target;
    int64_t npad; /* of the neurons that receive it */
} en_term;

typedef enum { EN_SUM, EN_MEAN, EN_MIN, EN_MAX, EN_NORM1, EN_NORM2 } en_operation;

typedef struct en_reduction {
    int op, entry;
    const void *source;
    int64_t n;
} en_reduction;

typedef struct en_projection {
    int pre, post, same_step, enabled;
    int n_terms, n_steps, n_reductions;
    en_term *term;
    en_sweep *step;
    en_reduction *reduction;
    int64_t period, offset;        /* of the statements of every step; period 0: never      */
    int readout;                   /* these statements compute what is recorded             */
    int changes_pre, changes_post; /* writes what the models of its ends take as fixed      */
    int lifted;                    /* traces have one value per neuron                      */
    en_binding *binding;
    int n_pre_paths, n_post_paths;
    en_pathway *pre_path, *post_path;
} en_projection;

/* Projections that follow one another in one phase of a step and may run in parts together (sharing.py). */
typedef struct en_group {
    int first, end;
    en_split split; /* EN_WHOLE: a single projection, never in parts */
    en_gauge gauge;
} en_group;

typedef struct en_phase {
    int n_groups;
    en_group *group;
} en_phase;

typedef struct en_recorder {
    const char *data;
    const int64_t *ranks; /* NULL: the first n elements */
    int64_t n, period, start, *count;
    const int64_t *at; /* the steps of the samples, ascending; NULL: every period from start on */
    int64_t n_at;
    int width;
    char *out;
} en_recorder;

typedef struct en_spikes {
    int population, event;
    const uint8_t *select; /* NULL: all                        */
    int32_t *ranks;        /* n_ranks recorded ranks           */
    int64_t *runs;         /* n_runs pairs (step, how many)    */
    int64_t n_ranks, cap_ranks, n_runs, cap_runs;
} en_spikes;

/* Values of synapses before or after the code of events; kept in the order of the events. */
typedef enum { EN_AT_SYNAPSE, EN_AT_POST, EN_AT_ALL } en_place;

typedef struct en_tap {
    const char *data;
    en_place place;
    int before, width;
    const uint8_t *select;         /* by storage index; NULL: all                      */
    const en_projection *computed; /* what leaves the value of a synapse in `data`; NULL: it is stored there */
    int64_t n, n_runs;
    int32_t *ends;  /* n pairs (pre, post)                  */
    char *values;   /* n values                             */
    int64_t *runs;  /* n_runs pairs (step, how many)        */
    int64_t cap_ends, cap_values, cap_runs;
} en_tap;

typedef struct en_condition {
    int population;
    en_binding *binding;
    rv_kernel *kernel;
    int mask_entry, every;
} en_condition;

typedef struct en_guard {
    const void *data;
    int64_t n;
    int width;
} en_guard;

typedef struct en_link {
    void *data;
    const void *source;
    const int64_t *index; /* NULL: element by element */
    int64_t n;
} en_link;

/* Spikes of a population in the last `slots` steps. */
typedef struct en_rate {
    int population;
    int64_t slots, words;
    uint64_t *bits; /* slots rows of words */
    int64_t *counts;
    void *rate; /* Hz */
    double scale;
} en_rate;

typedef enum { EN_DONE, EN_STOPPED, EN_NAN, EN_NO_MEMORY } en_status;

typedef struct en_engine {
    double dt;
    int64_t *step;
    int width;
    int looked_at; /* the state after this step may be looked at: it may be the last one of a run */
    int n_populations, n_projections, n_recorders, n_spikes, n_conditions, n_guards, n_codes;
    en_population *population;
    en_projection *projection;
    en_recorder *recorder;
    en_spikes *spikes;
    en_condition *condition;
    en_guard *guard;
    en_code *code;
    int n_links;
    en_link *link;
    int n_rates;
    en_rate *rate;
    int n_taps;
    en_tap *tap;
    int parts;              /* 1: no threads                                               */
    int always;             /* whatever may be in parts is, however small                  */
    int fused;              /* slot 2 and the neurons are one section                      */
    en_pool *pool;          /* NULL: no threads                                            */
    en_phase forward[2];    /* arrivals: slot 2, then those of same_step                   */
    en_phase back[2];       /* code of the postsynaptic side: after slot 4, then slot 6    */
    en_gauge update, terms;
    int conditions_all;
    int64_t nan_every;
    en_status status;
    int bad_guard;
    int64_t bad_rank;
    void **owned; /* every block of fixed size, freed with the engine */
    size_t n_owned, cap_owned, bytes;
} en_engine;

/* Where the neurons of a part begin: at a multiple of 64, of 512 in large populations. */
static inline int64_t en_cut(int64_t npad, int part, int parts)
{
    return en_bound(npad, npad >= 4096 * (int64_t)parts ? 512 : 64, part, parts);
}

/* engine_memory.c */
void *en_alloc(size_t bytes); /* aligned to 64 bytes; to 2 MB and in huge pages when larger than that; free() it */
int en_grow(void **block, int64_t *capacity, int64_t needed, size_t size); /* 0, or -1: no memory */
void *en_own(en_engine *e, size_t bytes);                                   /* zeroed; NULL: no memory */

/* engine_build.c: NULL or -1: no memory */
en_engine *en_new(int populations, int projections, int spikes, int conditions, int guards, int codes, int parts);
void en_free(en_engine *e);
size_t en_bytes(const en_engine *e);
en_binding *en_new_binding(en_engine *e, int64_t n, int64_t npad, int per_element, int entries, int linear);
int en_set_entry(en_engine *e, en_binding *b, int k, en_role role, void *data, int shared, int64_t length);
int en_init_pathways(en_engine *e, en_projection *p, int pre_paths, int post_paths);
int en_init_pathway(en_engine *e, const en_binding *b, en_pathway *p, int subtotals);
int en_init_population(en_engine *e, en_population *p, int events);
int en_set_recorders(en_engine *e, int recorders);
/* Index of the first element that is out of [0, limit), or -1 (`kind`: bytes per element, negative: signed). */
int64_t en_check_range(const void *data, int64_t n, int kind, int64_t limit);
/* Index of the first element smaller than its predecessor plus `gap`, or -1. */
int64_t en_check_ascending(const int64_t *data, int64_t n, int64_t gap);
/* Whether the neurons of every row follow each other, rank by rank, at storage places `stride` apart; finds that, and
   `first` and `length`. */
int en_runs(const int64_t *indptr, int64_t rows, rv_args *args);
int64_t en_check_source(const int64_t *steps, const int32_t *ranks, int64_t n);

/* engine_prepare.c */
int en_begin(en_engine *e); /* 0, or -1: no memory */
int en_begin_population(en_engine *e, int population); /* the same for one population: its params have changed */

/* engine_deliver.c: 0, or -1: no memory. Part `part` of `parts`, the whole is part 0 of 1. */
int en_deliver(en_engine *e, en_projection *p, int back, int64_t k, int part, int parts);
/* Before and after the parts of EN_BY_SYNAPSE, or of a projection with lifted traces: all its events, and the traces. */
int en_begin_parts(en_engine *e, en_projection *p, int back, int64_t k);
void en_end_parts(const en_engine *e, const en_projection *p, int back, int64_t k);
int en_deliver_synapses(en_engine *e, en_projection *p, int back, int64_t k, int part, int parts);
/* About how many synapses have an event in this step. */
double en_expected(const en_engine *e, const en_projection *p, int back, int64_t k);
/* The cuts of rows into parts, before they are first needed. */
int en_cut_rows(en_engine *e, en_projection *p);

/* engine_update.c */
void en_emit_source(en_population *p, int width, int64_t k);
void en_before_update(en_engine *e, int64_t k);
void en_update(const en_engine *e, en_population *p, int64_t k, int part, int parts);
void en_after_update(en_engine *e, int parts, int64_t k);

/* engine_sections.c: 0, or -1: no memory */
int en_forward(en_engine *e, int same_step, int64_t k);
int en_back(en_engine *e, int same_step, int64_t k);
int en_arrive_and_update(en_engine *e, int64_t k); /* slots 2 to 4 in one */
void en_update_all(en_engine *e, int64_t k);
void en_sweep_all(en_engine *e, en_sweep *s, const en_binding *b, int64_t k);
void en_sweep_terms(en_engine *e, int64_t k);

/* engine_continuous.c */
void en_continuous(en_engine *e, int64_t k);
void en_receive(const en_projection *p, int part, int parts);
void en_spread(const en_binding *b);
void en_sweep_part(const en_binding *b, const en_sweep *s, int64_t k, int part, int parts);
typedef enum { EN_BEFORE_EVENTS, EN_AFTER_EVENTS, EN_RECORDED } en_time;
void en_synaptic_steps(en_engine *e, en_time when, int64_t k);

/* engine_rates.c */
void en_count_rates(en_engine *e, int64_t k);

/* engine_record.c */
int64_t en_samples_due(const en_recorder *r, int64_t step, int64_t n_steps);
int en_record(en_engine *e, int64_t k); /* 0, or -1: no memory */
int en_scan(en_engine *e);              /* 1: not finite; sets bad_guard, bad_rank */
int en_stop(en_engine *e, int64_t k);   /* 1: the conditions hold */
void en_drain(en_spikes *s, int64_t *steps, int32_t *ranks);

/* engine_tap.c */
int en_look(const en_pathway *p, const en_share *h, int64_t k, int before); /* 0, or -1: no memory */
void en_drain_tap(en_tap *t, int64_t *steps, int32_t *ends, void *values);

/* engine.c */
en_list en_list_of(const en_population *p, int event);
void en_before(en_binding *b, int64_t k); /* compute the values of the step */
/* Runs up to n_steps, less when about `budget` nanoseconds have passed; returns how many. */
int64_t en_run(en_engine *e, int64_t n_steps, int64_t budget);
#endif
