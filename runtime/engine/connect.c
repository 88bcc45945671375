#include <stdlib.h>
#include <string.h>
#include "connect.h"
#include "engine.h"
#include "engine_threads.h"

int cn_new_rows(cn_rows *r)
{
    r->indptr = en_alloc(sizeof *r->indptr * (size_t)(r->n_pre + 1));
    if (!r->indptr)
        return -1;
    memset(r->indptr, 0, sizeof *r->indptr * (size_t)(r->n_pre + 1));
    return 0;
}

int cn_new_targets(cn_rows *r, int64_t n)
{
    r->target = en_alloc((size_t)n * (r->wide ? 4 : 2));
    return r->target ? 0 : -1;
}

void cn_sum(int64_t *indptr, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        indptr[i + 1] += indptr[i];
}

typedef struct pairing {
    cn_rows *r;
    const cn_sides *s;
} pairing;

static void pair_part(void *context, int part)
{
    const pairing *p = context;
    const cn_sides *s = p->s;
    cn_rows *r = p->r;
    for (int64_t i = cn_begin(s->n_pre, part, r->parts); i < cn_begin(s->n_pre, part + 1, r->parts); i++) {
        int64_t q = r->indptr[s->pre[i]];
        for (int64_t j = 0; j < s->n_post; j++)
            if (s->allow_self || s->post[j] != s->pre[i])
                cn_set(r->target, r->wide, q++, s->post[j]);
    }
}

int cn_all_to_all(cn_rows *r, const cn_sides *s)
{
    if (cn_new_rows(r))
        return -1;
    for (int64_t i = 0; i < s->n_pre; i++)
        r->indptr[s->pre[i] + 1] = s->n_post;
    if (!s->allow_self)
        for (int64_t i = 0, j = 0; i < s->n_pre; i++) {
            while (j < s->n_post && s->post[j] < s->pre[i])
                j++;
            r->indptr[s->pre[i] + 1] -= j < s->n_post && s->post[j] == s->pre[i];
        }
    cn_sum(r->indptr, r->n_pre);
    if (cn_new_targets(r, r->indptr[r->n_pre]))
        return -1;
    pairing all = {r, s};
    en_parallel_once(r->parts, pair_part, &all);
    return 0;
}

int cn_one_to_one(cn_rows *r, const cn_sides *s)
{
    if (cn_new_rows(r) || cn_new_targets(r, s->n_pre))
        return -1;
    for (int64_t i = 0; i < s->n_pre; i++) {
        r->indptr[s->pre[i] + 1] = 1;
        cn_set(r->target, r->wide, i, s->post[i]);
    }
    cn_sum(r->indptr, r->n_pre);
    return 0;
}

/* A stable counting sort in parts: each counts its own values, and writes behind the parts before it. */
typedef struct sorting {
    const int64_t *ptr;
    const int32_t *rank;
    int64_t n_groups, n_values;
    const uint32_t *value;
    int64_t *next; /* per part and value: how many, then where */
    void *out;
    int wide, parts;
} sorting;

static void count_part(void *context, int part)
{
    const sorting *s = context;
    int64_t *next = s->next + part * s->n_values;
    int64_t begin = s->ptr[cn_begin(s->n_groups, part, s->parts)], end = s->ptr[cn_begin(s->n_groups, part + 1, s->parts)];
    for (int64_t q = begin; q < end; q++)
        next[s->value[q]]++;
}

#define SCATTER(TYPE)                                                                                                  \
    for (int64_t g = begin; g < end; g++) {                                                                            \
        TYPE own = (TYPE)(s->rank ? s->rank[g] : g);                                                                   \
        for (int64_t q = s->ptr[g]; q < s->ptr[g + 1]; q++)                                                            \
            ((TYPE *)s->out)[next[s->value[q]]++] = own;                                                               \
    }

static void scatter_part(void *context, int part)
{
    const sorting *s = context;
    int64_t *next = s->next + part * s->n_values;
    int64_t begin = cn_begin(s->n_groups, part, s->parts), end = cn_begin(s->n_groups, part + 1, s->parts);
    if (s->wide)
        SCATTER(uint32_t)
    else
        SCATTER(uint16_t)
}

int cn_transpose(const int64_t *ptr, const int32_t *rank, int64_t n_groups, const uint32_t *value, int64_t n_values,
                 int64_t *out_ptr, void *out, int wide, int parts)
{
    int64_t *next = calloc((size_t)(parts * n_values + 1), sizeof *next), at = 0;
    if (!next)
        return -1;
    sorting s = {ptr, rank, n_groups, n_values, value, next, out, wide, parts};
    en_parallel_once(parts, count_part, &s);
    for (int64_t v = 0; v < n_values; v++) {
        out_ptr[v] = at;
        for (int part = 0; part < parts; part++) {
            int64_t count = next[part * n_values + v];
            next[part * n_values + v] = at;
            at += count;
        }
    }
    out_ptr[n_values] = at;
    en_parallel_once(parts, scatter_part, &s);
    free(next);
    return 0;
}
