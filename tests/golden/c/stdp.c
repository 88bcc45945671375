RV_EXPORT int rv_abi(void) { return RV_ABI; }
RV_INNER void rv_pre0_u16_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint16_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_f *restrict p_sum_g_target, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    const rv_f m_tau_pre = p_m_tau_pre[0];
    const rv_f m_tau_post = p_m_tau_post[0];
    const rv_f m_wmax = p_m_wmax[0];
    const rv_i learning = p_learning[0];
    const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
    const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint16_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 32)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = ((m_Apre * rv_exp((t0 * t1))) + 0.01);
            const rv_f t4 = (m_Apost * rv_exp((t3 * t1)));
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t4), 0.0), m_wmax) : m_w);
            p_sum_g_target[own_j] += m_w;
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_pre0_u16(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_u16_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[6], args->a[7], args->a[8], args->mask[8]);
}
RV_INNER void rv_pre0_u32_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint32_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_f *restrict p_sum_g_target, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    const rv_f m_tau_pre = p_m_tau_pre[0];
    const rv_f m_tau_post = p_m_tau_post[0];
    const rv_f m_wmax = p_m_wmax[0];
    const rv_i learning = p_learning[0];
    const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
    const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint32_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 16)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = ((m_Apre * rv_exp((t0 * t1))) + 0.01);
            const rv_f t4 = (m_Apost * rv_exp((t3 * t1)));
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t4), 0.0), m_wmax) : m_w);
            p_sum_g_target[own_j] += m_w;
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_pre0_u32(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_u32_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[6], args->a[7], args->a[8], args->mask[8]);
}
RV_INNER void rv_pre0_g16_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint16_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_f *restrict p_sum_g_target, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint16_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 32)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            const rv_f m_tau_pre = p_m_tau_pre[s & k_m_tau_pre];
            const rv_f m_tau_post = p_m_tau_post[s & k_m_tau_post];
            const rv_f m_wmax = p_m_wmax[s & k_m_wmax];
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_i learning = p_learning[s & k_learning];
            const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
            const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = ((m_Apre * rv_exp((t0 * t1))) + 0.01);
            const rv_f t4 = (m_Apost * rv_exp((t3 * t1)));
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t4), 0.0), m_wmax) : m_w);
            p_sum_g_target[own_j] += m_w;
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_pre0_g16(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_g16_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[6], args->a[7], args->a[8], args->mask[8]);
}
RV_INNER void rv_pre0_g32_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint32_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_f *restrict p_sum_g_target, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint32_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 16)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            const rv_f m_tau_pre = p_m_tau_pre[s & k_m_tau_pre];
            const rv_f m_tau_post = p_m_tau_post[s & k_m_tau_post];
            const rv_f m_wmax = p_m_wmax[s & k_m_wmax];
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_i learning = p_learning[s & k_learning];
            const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
            const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = ((m_Apre * rv_exp((t0 * t1))) + 0.01);
            const rv_f t4 = (m_Apost * rv_exp((t3 * t1)));
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t4), 0.0), m_wmax) : m_w);
            p_sum_g_target[own_j] += m_w;
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_pre0_g32(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_g32_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[6], args->a[7], args->a[8], args->mask[8]);
}

RV_INNER void rv_post0_u16_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint16_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    const rv_f m_tau_pre = p_m_tau_pre[0];
    const rv_f m_tau_post = p_m_tau_post[0];
    const rv_f m_wmax = p_m_wmax[0];
    const rv_i learning = p_learning[0];
    const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
    const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_j = seg[3 * r + 2];
        (void)own_j;
        if (r + 1 < end)
            for (const uint16_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 32)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_i = other[q], s = order[q];
            (void)own_i; (void)s;
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = (m_Apre * rv_exp((t0 * t1)));
            const rv_f t4 = ((m_Apost * rv_exp((t3 * t1))) - 0.012);
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t2), 0.0), m_wmax) : m_w);
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_post0_u16(const rv_args *args, int64_t begin, int64_t end)
{
    rv_post0_u16_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[7], args->a[8], args->mask[8]);
}
RV_INNER void rv_post0_u32_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint32_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    const rv_f m_tau_pre = p_m_tau_pre[0];
    const rv_f m_tau_post = p_m_tau_post[0];
    const rv_f m_wmax = p_m_wmax[0];
    const rv_i learning = p_learning[0];
    const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
    const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_j = seg[3 * r + 2];
        (void)own_j;
        if (r + 1 < end)
            for (const uint32_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 16)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_i = other[q], s = order[q];
            (void)own_i; (void)s;
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = (m_Apre * rv_exp((t0 * t1)));
            const rv_f t4 = ((m_Apost * rv_exp((t3 * t1))) - 0.012);
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t2), 0.0), m_wmax) : m_w);
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_post0_u32(const rv_args *args, int64_t begin, int64_t end)
{
    rv_post0_u32_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[7], args->a[8], args->mask[8]);
}
RV_INNER void rv_post0_g16_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint16_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_j = seg[3 * r + 2];
        (void)own_j;
        if (r + 1 < end)
            for (const uint16_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 32)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_i = other[q], s = order[q];
            (void)own_i; (void)s;
            const rv_f m_tau_pre = p_m_tau_pre[s & k_m_tau_pre];
            const rv_f m_tau_post = p_m_tau_post[s & k_m_tau_post];
            const rv_f m_wmax = p_m_wmax[s & k_m_wmax];
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_i learning = p_learning[s & k_learning];
            const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
            const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = (m_Apre * rv_exp((t0 * t1)));
            const rv_f t4 = ((m_Apost * rv_exp((t3 * t1))) - 0.012);
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t2), 0.0), m_wmax) : m_w);
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_post0_g16(const rv_args *args, int64_t begin, int64_t end)
{
    rv_post0_g16_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[7], args->a[8], args->mask[8]);
}
RV_INNER void rv_post0_g32_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint32_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_tau_pre, const int64_t k_m_tau_pre, const rv_f *restrict p_m_tau_post, const int64_t k_m_tau_post, const rv_f *restrict p_m_wmax, const int64_t k_m_wmax, rv_f *restrict p_m_Apre, rv_f *restrict p_m_Apost, rv_f *restrict p_m_w, rv_i *restrict p_last_update, const rv_i *restrict p_learning, const int64_t k_learning)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_j = seg[3 * r + 2];
        (void)own_j;
        if (r + 1 < end)
            for (const uint32_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 16)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_i = other[q], s = order[q];
            (void)own_i; (void)s;
            const rv_f m_tau_pre = p_m_tau_pre[s & k_m_tau_pre];
            const rv_f m_tau_post = p_m_tau_post[s & k_m_tau_post];
            const rv_f m_wmax = p_m_wmax[s & k_m_wmax];
            const rv_f m_Apre = p_m_Apre[s];
            const rv_f m_Apost = p_m_Apost[s];
            const rv_f m_w = p_m_w[s];
            const rv_i last_update = p_last_update[s];
            const rv_i learning = p_learning[s & k_learning];
            const rv_f t0 = (((rv_f)-1.0) / m_tau_pre);
            const rv_f t3 = (((rv_f)-1.0) / m_tau_post);
            const rv_f t1 = (((rv_f)(now - last_update)) * dt);
            const rv_f t2 = (m_Apre * rv_exp((t0 * t1)));
            const rv_f t4 = ((m_Apost * rv_exp((t3 * t1))) - 0.012);
            const rv_f t5 = (learning ? rv_fmin(rv_fmax((m_w + t2), 0.0), m_wmax) : m_w);
            p_m_Apre[s] = t2;
            p_m_Apost[s] = t4;
            p_m_w[s] = t5;
            p_last_update[s] = now;
        }
    }
}

RV_EXPORT void rv_post0_g32(const rv_args *args, int64_t begin, int64_t end)
{
    rv_post0_g32_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1], args->mask[1], args->a[2], args->mask[2], args->a[3], args->a[4], args->a[5], args->a[7], args->a[8], args->mask[8]);
}
