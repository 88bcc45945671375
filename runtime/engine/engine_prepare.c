/* What is done once when a segment starts: values may have been written from Python since the last one. */
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "rv_linear.h"

static int equal_values(const void *data, int64_t n, int width)
{
    return n < 2 || !memcmp(data, (const char *)data + width, (size_t)((n - 1) * width));
}

/* Repeats the last element, so that what is computed in the padding is as harmless as it is meaningless. */
static void fill_padding(void *data, int64_t n, int64_t npad, int width)
{
    char *bytes = data;
    for (int64_t i = n; i < npad; i++)
        memcpy(bytes + i * width, bytes + (n - 1) * width, (size_t)width);
}

/* Returns 1 when the param has changed since the last call. */
static int look_at_param(en_binding *b, int k)
{
    en_entry *x = &b->entry[k];
    int64_t n = x->shared ? 1 : b->n;
    size_t bytes = (size_t)(n * b->width);
    if (!x->seen) { /* per synapse: nothing is derived from it, and a copy would double the memory */
        x->uniform = !x->varying && equal_values(x->data, n, b->width);
        b->mask[k] = x->uniform ? 0 : -1;
        return 0;
    }
    if (b->prepared && !memcmp(x->seen, x->data, bytes))
        return 0;
    memcpy(x->seen, x->data, bytes);
    x->uniform = x->shared || equal_values(x->data, n, b->width);
    b->mask[k] = x->uniform ? 0 : -1;
    return 1;
}

/* Points the entry to a block of 64 values or to one value per element, as what it depends on demands. */
static int place_computed(en_engine *e, en_binding *b, int k)
{
    en_entry *x = &b->entry[k];
    x->uniform = 1;
    for (int d = 0; d < x->n_deps; d++)
        x->uniform &= b->entry[x->deps[d]].uniform;
    if (!x->uniform && !x->full && !(x->full = en_own(e, (size_t)(b->npad * b->width))))
        return -1;
    b->a[k] = x->uniform ? x->block : x->full;
    b->mask[k] = x->uniform ? 0 : -1;
    return 0;
}

static double load(const en_binding *b, int k, int64_t i)
{
    i &= b->mask[k];
    return b->width == 8 ? ((const double *)b->a[k])[i] : (double)((const float *)b->a[k])[i];
}

static void store(en_binding *b, int k, int64_t i, double value)
{
    int64_t begin = i, end = i + 1;
    if (b->entry[k].uniform) {
        if (i)
            return;
        end = 64;
    }
    for (int64_t j = begin; j < end; j++)
        if (b->width == 8)
            ((double *)b->a[k])[j] = value;
        else
            ((float *)b->a[k])[j] = (float)value;
}

/* P = exp(dt A) and Q = integral of exp(s A) from 0 to dt, once or per element; equal neighbours are computed once. */
static int compute_propagators(en_binding *b, const en_linear *l)
{
    int m = l->size, mm = m * m;
    double *buffer = malloc(sizeof(double) * (size_t)(4 * mm + RV_PROPAGATOR_WORK(m)));
    if (!buffer)
        return -1;
    double *a = buffer, *old = a + mm, *p = old + mm, *q = p + mm, *work = q + mm;
    int per_element = 0;
    for (int x = 0; x < mm; x++)
        per_element |= l->a[x] >= 0 && !b->entry[l->a[x]].uniform;
    for (int64_t i = 0; i < (per_element ? b->npad : 1); i++) {
        for (int x = 0; x < mm; x++)
            a[x] = l->a[x] < 0 ? 0.0 : load(b, l->a[x], i);
        if (!i || memcmp(a, old, sizeof(double) * (size_t)mm))
            rv_propagator(m, a, b->args.dt, p, q, work);
        memcpy(old, a, sizeof(double) * (size_t)mm);
        for (int x = 0; x < mm; x++) {
            if (l->p[x] >= 0)
                store(b, l->p[x], i, p[x]);
            if (l->q[x] >= 0)
                store(b, l->q[x], i, q[x]);
        }
    }
    free(buffer);
    return 0;
}

/* Derived values, then propagators. */
static int compute_derived(en_engine *e, en_binding *b)
{
    int per_element = 0;
    for (int k = 0; k < b->n_entries; k++)
        if (b->entry[k].role == EN_DERIVED || b->entry[k].role == EN_PROPAGATOR) {
            if (place_computed(e, b, k))
                return -1;
            per_element |= !b->entry[k].uniform;
        }
    if (b->prepare)
        b->prepare(&b->args, 0, per_element ? b->npad : 64);
    for (int k = 0; k < b->n_entries; k++)
        if (b->entry[k].role == EN_DERIVED && b->entry[k].uniform)
            fill_padding(b->a[k], 1, 64, b->width);
    for (int l = 0; l < b->n_linear; l++)
        if (compute_propagators(b, &b->linear[l]))
            return -1;
    return 0;
}

static int prepare_binding(en_engine *e, en_binding *b)
{
    int changed = !b->prepared;
    for (int k = 0; k < b->n_entries; k++) {
        en_entry *x = &b->entry[k];
        if (b->per_element && x->data && !x->shared && (x->role == EN_PARAM || x->role == EN_VALUE || x->role == EN_INPUT))
            fill_padding(x->data, b->n, b->npad, b->width);
        if (x->role == EN_PARAM)
            changed |= look_at_param(b, k);
    }
    if (changed && compute_derived(e, b))
        return -1;
    b->prepared = 1;
    b->uniform = 1;
    for (int k = 0; k < b->n_entries; k++) {
        en_role role = b->entry[k].role;
        if (role == EN_PARAM || (b->per_element && (role == EN_DERIVED || role == EN_PROPAGATOR)))
            b->uniform &= b->entry[k].uniform;
    }
    return 0;
}

static void place_pathway(const en_binding *b, en_pathway *p)
{
    memcpy(p->a, b->a, sizeof *p->a * (size_t)b->n_entries);
    for (int s = 0; s < p->n_subtotals; s++)
        if (p->subtotal[s].direct)
            p->a[p->subtotal[s].entry] = p->subtotal[s].target;
}

int en_begin_population(en_engine *e, int population)
{
    if (prepare_binding(e, e->population[population].binding))
        return -1;
    for (int i = 0; i < e->n_codes; i++)
        if (e->code[i].population == population && prepare_binding(e, e->code[i].binding))
            return -1;
    for (int i = 0; i < e->n_conditions; i++)
        if (e->condition[i].population == population && prepare_binding(e, e->condition[i].binding))
            return -1;
    return 0;
}

int en_begin(en_engine *e)
{
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].binding && prepare_binding(e, e->population[i].binding))
            return -1;
    for (int i = 0; i < e->n_projections; i++) {
        en_projection *p = &e->projection[i];
        if (prepare_binding(e, p->binding))
            return -1;
        for (int j = 0; j < p->n_pre_paths; j++)
            place_pathway(p->binding, &p->pre_path[j]);
        for (int j = 0; j < p->n_post_paths; j++)
            place_pathway(p->binding, &p->post_path[j]);
    }
    for (int i = 0; i < e->n_conditions; i++)
        if (prepare_binding(e, e->condition[i].binding))
            return -1;
    for (int i = 0; i < e->n_codes; i++)
        if (prepare_binding(e, e->code[i].binding))
            return -1;
    return 0;
}
