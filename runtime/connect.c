#include <stdlib.h>
#include <string.h>
#include "connect.h"
#include "engine.h"

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
    int64_t q = 0;
    for (int64_t i = 0; i < s->n_pre; i++)
        for (int64_t j = 0; j < s->n_post; j++)
            if (s->allow_self || s->post[j] != s->pre[i])
                cn_set(r->target, r->wide, q++, s->post[j]);
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

#define SCATTER(TYPE)                                                                                                  \
    for (int64_t g = 0; g < n_groups; g++) {                                                                           \
        TYPE own = (TYPE)(rank ? rank[g] : g);                                                                         \
        for (int64_t q = ptr[g]; q < ptr[g + 1]; q++)                                                                  \
            ((TYPE *)out)[next[value[q]]++] = own;                                                                     \
    }

int cn_transpose(const int64_t *ptr, const int32_t *rank, int64_t n_groups, const uint32_t *value, int64_t n_values,
                 int64_t *out_ptr, void *out, int wide)
{
    int64_t *next = malloc(sizeof *next * (size_t)(n_values + 1));
    if (!next)
        return -1;
    memset(out_ptr, 0, sizeof *out_ptr * (size_t)(n_values + 1));
    for (int64_t q = 0; q < ptr[n_groups]; q++)
        out_ptr[value[q] + 1]++;
    cn_sum(out_ptr, n_values);
    memcpy(next, out_ptr, sizeof *next * (size_t)(n_values + 1));
    if (wide)
        SCATTER(uint32_t)
    else
        SCATTER(uint16_t)
    free(next);
    return 0;
}
