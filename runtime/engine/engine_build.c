#include <stdlib.h>
#include <string.h>
#include "engine.h"

en_engine *en_new(int populations, int projections, int spikes, int conditions, int guards, int codes, int parts)
{
    en_engine *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->parts = parts;
    e->pool = parts > 1 ? en_new_pool(parts) : NULL;
    e->population = en_own(e, sizeof *e->population * (size_t)populations);
    e->projection = en_own(e, sizeof *e->projection * (size_t)projections);
    e->spikes = en_own(e, sizeof *e->spikes * (size_t)spikes);
    e->condition = en_own(e, sizeof *e->condition * (size_t)conditions);
    e->guard = en_own(e, sizeof *e->guard * (size_t)guards);
    e->code = en_own(e, sizeof *e->code * (size_t)codes);
    if ((parts > 1 && !e->pool) || !e->population || !e->projection || !e->spikes || !e->condition || !e->guard || !e->code) {
        en_free(e);
        return NULL;
    }
    e->n_populations = populations;
    e->n_projections = projections;
    e->n_spikes = spikes;
    e->n_conditions = conditions;
    e->n_guards = guards;
    e->n_codes = codes;
    return e;
}

static void free_shares(const en_engine *e, en_pathway *p)
{
    for (int i = 0; p->share && i <= e->parts; i++)
        free(p->share[i].seg);
}

static size_t share_bytes(const en_engine *e, const en_pathway *p)
{
    int64_t numbers = 0;
    for (int i = 0; p->share && i <= e->parts; i++)
        numbers += p->share[i].cap_seg;
    return (size_t)numbers * sizeof(int64_t);
}

void en_free(en_engine *e)
{
    if (!e)
        return;
    en_free_pool(e->pool);
    for (int i = 0; i < e->n_projections; i++) {
        en_projection *p = &e->projection[i];
        for (int j = 0; j < p->n_pre_paths; j++)
            free_shares(e, &p->pre_path[j]);
        for (int j = 0; j < p->n_post_paths; j++)
            free_shares(e, &p->post_path[j]);
    }
    for (int i = 0; i < e->n_spikes; i++) {
        free(e->spikes[i].ranks);
        free(e->spikes[i].runs);
    }
    for (int i = 0; i < e->n_taps; i++) {
        free(e->tap[i].ends);
        free(e->tap[i].values);
        free(e->tap[i].runs);
    }
    free(e->recorder);
    for (size_t i = 0; i < e->n_owned; i++)
        free(e->owned[i]);
    free(e->owned);
    free(e);
}

size_t en_bytes(const en_engine *e)
{
    size_t bytes = e->bytes + sizeof *e + e->cap_owned * sizeof *e->owned + (size_t)e->n_recorders * sizeof *e->recorder;
    for (int i = 0; i < e->n_projections; i++) {
        const en_projection *p = &e->projection[i];
        for (int j = 0; j < p->n_pre_paths; j++)
            bytes += share_bytes(e, &p->pre_path[j]);
        for (int j = 0; j < p->n_post_paths; j++)
            bytes += share_bytes(e, &p->post_path[j]);
    }
    for (int i = 0; i < e->n_spikes; i++)
        bytes += (size_t)e->spikes[i].cap_ranks * sizeof(int32_t) + (size_t)e->spikes[i].cap_runs * sizeof(int64_t);
    for (int i = 0; i < e->n_taps; i++) {
        const en_tap *t = &e->tap[i];
        bytes += (size_t)t->cap_ends * sizeof(int32_t) + (size_t)t->cap_values + (size_t)t->cap_runs * sizeof(int64_t);
    }
    return bytes;
}

en_binding *en_new_binding(en_engine *e, int64_t n, int64_t npad, int per_element, int entries, int linear)
{
    en_binding *b = en_own(e, sizeof *b);
    if (!b)
        return NULL;
    b->entry = en_own(e, sizeof *b->entry * (size_t)entries);
    b->linear = en_own(e, sizeof *b->linear * (size_t)linear);
    b->a = en_own(e, sizeof *b->a * (size_t)entries);
    b->mask = en_own(e, sizeof *b->mask * (size_t)entries);
    if (!b->entry || !b->linear || !b->a || !b->mask)
        return NULL;
    b->n = n;
    b->npad = npad;
    b->width = e->width;
    b->per_element = per_element;
    b->n_entries = entries;
    b->n_linear = linear;
    b->args.a = b->a;
    b->args.mask = b->mask;
    b->args.n = n;
    b->args.dt = e->dt;
    return b;
}

static void fill_negative_zero(void *data, int64_t n, int width)
{
    if (width == 8)
        for (int64_t i = 0; i < n; i++)
            ((double *)data)[i] = -0.0;
    else
        for (int64_t i = 0; i < n; i++)
            ((float *)data)[i] = -0.0f;
}

/* `length` is the number of elements of what has one value per element: of the binding, or of the target of a
   subtotal (0: no scratch, because the target itself is passed). */
int en_set_entry(en_engine *e, en_binding *b, int k, en_role role, void *data, int shared, int64_t length)
{
    en_entry *x = &b->entry[k];
    size_t size = (size_t)b->width;
    x->role = role;
    x->shared = x->uniform = shared;
    x->data = data;
    b->a[k] = data;
    b->mask[k] = shared ? 0 : -1;
    switch (role) {
    case EN_PARAM:
        if (shared || b->per_element)
            x->seen = en_own(e, size * (size_t)(shared ? 1 : b->n));
        else
            return 0;
        return x->seen ? 0 : -1;
    case EN_STEP:
        x->uniform = 1;
        b->mask[k] = 0;
        /* fallthrough */
    case EN_DERIVED:
    case EN_PROPAGATOR:
        x->block = en_own(e, size * 64);
        b->a[k] = x->block;
        return x->block ? 0 : -1;
    case EN_MASK:
    case EN_SUBTOTAL:
        if (!length)
            return 0;
        x->full = en_own(e, size * (size_t)length);
        if (!x->full)
            return -1;
        if (role == EN_SUBTOTAL)
            fill_negative_zero(x->full, length, b->width);
        b->a[k] = x->full;
        return 0;
    default:
        return 0;
    }
}

int en_init_pathways(en_engine *e, en_projection *p, int pre_paths, int post_paths)
{
    p->pre_path = en_own(e, sizeof *p->pre_path * (size_t)pre_paths);
    p->post_path = en_own(e, sizeof *p->post_path * (size_t)post_paths);
    if (!p->pre_path || !p->post_path)
        return -1;
    p->n_pre_paths = pre_paths;
    p->n_post_paths = post_paths;
    return 0;
}

int en_init_pathway(en_engine *e, const en_binding *b, en_pathway *p, int subtotals)
{
    p->a = en_own(e, sizeof *p->a * (size_t)b->n_entries);
    p->subtotal = en_own(e, sizeof *p->subtotal * (size_t)subtotals);
    p->share = en_own(e, sizeof *p->share * (size_t)(e->parts + 1));
    if (!p->a || !p->subtotal || !p->share)
        return -1;
    p->n_subtotals = subtotals;
    p->args = b->args;
    p->args.a = p->a;
    return 0;
}

int en_init_population(en_engine *e, en_population *p, int events)
{
    p->found = en_own(e, sizeof *p->found * (size_t)e->parts);
    p->event = en_own(e, sizeof *p->event * (size_t)events);
    if (!p->found || !p->event)
        return -1;
    p->n_events = events;
    for (int i = 0; i < events; i++)
        if (!(p->event[i].found = en_own(e, sizeof *p->found * (size_t)e->parts)))
            return -1;
    return 0;
}

int en_set_recorders(en_engine *e, int recorders)
{
    en_recorder *block = calloc((size_t)recorders + 1, sizeof *block);
    if (!block)
        return -1;
    free(e->recorder);
    e->recorder = block;
    e->n_recorders = recorders;
    return 0;
}

#define FIRST_OUT_OF_RANGE(TYPE)                                                                                       \
    {                                                                                                                  \
        const TYPE *x = data;                                                                                          \
        for (int64_t begin = 0; begin < n; begin += 4096) {                                                            \
            int64_t end = begin + 4096 < n ? begin + 4096 : n;                                                         \
            uint64_t largest = 0;                                                                                      \
            for (int64_t i = begin; i < end; i++)                                                                      \
                largest = (uint64_t)x[i] > largest ? (uint64_t)x[i] : largest;                                         \
            if (largest >= (uint64_t)limit)                                                                            \
                for (int64_t i = begin; i < end; i++)                                                                  \
                    if ((uint64_t)x[i] >= (uint64_t)limit)                                                             \
                        return i;                                                                                      \
        }                                                                                                              \
        return -1;                                                                                                     \
    }

/* Negative values are huge as unsigned ones, so one comparison finds both ends. */
int64_t en_check_range(const void *data, int64_t n, int kind, int64_t limit)
{
    if (kind == 2)
        FIRST_OUT_OF_RANGE(uint16_t)
    if (kind == 4)
        FIRST_OUT_OF_RANGE(uint32_t)
    if (kind == -4)
        FIRST_OUT_OF_RANGE(int32_t)
    FIRST_OUT_OF_RANGE(int64_t)
}

int64_t en_check_ascending(const int64_t *data, int64_t n, int64_t gap)
{
    for (int64_t i = 1; i < n; i++)
        if (data[i] - data[i - 1] < gap)
            return i;
    return -1;
}

static int64_t rank_at(const rv_args *args, int64_t q)
{
    return args->wide ? ((const uint32_t *)args->target)[q] : ((const uint16_t *)args->target)[q];
}

int en_runs(const int64_t *indptr, int64_t rows, rv_args *args)
{
    const int64_t *order = args->order;
    args->stride = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t q = indptr[r] + 1; q < indptr[r + 1]; q++) {
            const int64_t gap = rank_at(args, q) - rank_at(args, q - 1), step = order ? order[q] - order[q - 1] : 1;
            args->stride = args->stride ? args->stride : step;
            if (gap != 1 || step != args->stride)
                return 0;
        }
    args->length = rows ? indptr[1] - indptr[0] : 0;
    args->first = args->length ? rank_at(args, 0) : 0;
    for (int64_t r = 1; r < rows && args->length; r++)
        if (indptr[r + 1] - indptr[r] != args->length || rank_at(args, indptr[r]) != args->first)
            args->length = 0;
    return 1;
}

int64_t en_check_source(const int64_t *steps, const int32_t *ranks, int64_t n)
{
    for (int64_t i = 1; i < n; i++)
        if (steps[i] < steps[i - 1] || (steps[i] == steps[i - 1] && ranks[i] <= ranks[i - 1]))
            return i;
    return -1;
}
