/* course.h — the part of fm.h that carries points along the field: fixed steps, grids, noise on the way, adaptive steps.
 * fm.h includes it, and has the conventions, the status codes and the names it uses. */
#ifndef COURSE_H
#define COURSE_H

/* Carries x [n, D] in place from t_start to t_end (in [0, 1], not equal, either direction) in `steps` steps of the model's
 * time_grid, 1 .. 10,000. Under dopri5 the steps choose their own length by the model's rtol and atol, `steps` is the most
 * that a point may try, and FM_E_STEPS says that one of them needs more; fm_course_run says which, and where it is.
 * A start at t_start = 0 is multiplied by the path's source scale (sigma_max for ve, else 1), and an arrival at
 * t_end = 0 is divided by it, so x0 is N(0, I) for every path. Each point's bits are its own, however the calls are cut. */
FM_API int fm_sample(fm_model *model, int weights, int solver, int steps, double t_start, double t_end, real *x, int n);

/* Field evaluations a point costs in `steps` steps of `solver`, under dopri5 at most: 2 + 6 steps; 0 for an unknown solver or
 * steps outside 1 .. 10,000. */
FM_API int fm_nfe(int solver, int steps);

/* times[steps + 1] of a grid, FM_GRID_* (ode.h has the formulas): times[0] is t_start, times[steps] t_end. Arguments as in
 * fm_sample. */
FM_API int fm_grid(int grid, int steps, double t_start, double t_end, double *times);

/* fm_sample along the caller's own times[count], 2 .. 10,001 of them in [0, 1], each above the one before or each below it.
 * path: null, or [count, n, D] for x_t at each of the times: x_t itself, so at t = 0 not in unit scale. */
FM_API int fm_sample_grid(fm_model *model, int weights, int solver, const double *times, int count, real *x, int n,
                          real *path);

/* Evaluations of the network a point costs along times[count] (fm_sample_grid) by a guide of this scale within t_from .. t_to:
 * two where it is neither 0 nor 1, one elsewhere. 0 for what fm_sample_grid or fm_guide_set would refuse. */
FM_API int fm_guided_nfe(int solver, const double *times, int count, double scale, double t_from, double t_to);

/* fm_sample_grid with noise on the way: dx = [v + g^2/2 score] dt + g dW, of the same marginals for any g[count] at the times, 0 ..
 * 1e6 (churn.h). g at the end plays no part. It costs the evaluations of the solver and no more, but strong noise wants more steps or rk4.
 * x is points first .. first + n - 1, each with noise of its own from `seed`, (first + n) D < 2^32. Not for ab2, which remembers.
 * FM_E_STATE unless the coupling is independent and the source gaussian, since others have no score, and under a guide whose
 * scale is neither 0 nor 1, since its field is that of no path. fm_diffusion gives g for the rows sde and sde_strength. */
FM_API int fm_sample_sde(fm_model *model, int weights, int solver, const double *times, const double *g, int count,
                         uint32_t seed, uint32_t first, real *x, int n, real *path);
FM_API int fm_diffusion(const fm_model *model, int kind, double strength, const double *times, int count, double *g);

/* ---- Adaptive steps, in calls of bounded work --------------------------------------------------------
 *
 *     fm_course_begin(model, 1e-5, 1e-5, 100, 0, 1, x, n, course);
 *     do fm_course_run(model, FM_EMA, 8, x, k, course, n, log, NULL, 0, NULL);
 *     while (a course has state < FM_COURSE_ARRIVED);
 *
 * Each point has its own time and steps (dopri5.h), so its bits and counts depend neither on its company nor on the cut. */
enum {
  FM_COURSE_START,     /* nothing is known but x */
  FM_COURSE_UNDER_WAY, /* the last step was accepted */
  FM_COURSE_REJECTED,  /* the last step was not */
  FM_COURSE_ARRIVED,   /* t is t_end */
  FM_COURSE_STOPPED    /* at t, because `most` steps were tried, or because the field is not finite there */
};

/* A point on its way. In WebAssembly: six doubles at 0 .. 40, then six int32 at 48 .. 68; 72 bytes. */
typedef struct {
  double t, t_end;
  double h;     /* the next step, negative when it goes back */
  double error; /* of the last accepted step; at most 1 */
  double rtol, atol;
  int32_t accepted, rejected, evaluations; /* of the network: two where guidance asks both halves */
  int32_t state;                           /* FM_COURSE_* */
  int32_t most;                            /* steps it may try, rejected ones included */
  int32_t pad;
} fm_course;

/* A step that was tried, from t over h. In WebAssembly: three doubles at 0 .. 16, then int32 at 24; 32 bytes. */
typedef struct {
  double t, h, error;
  int32_t accepted; /* error <= 1 */
  int32_t pad;
} fm_try;

/* Puts the points x [n, D] on courses from t_start to t_end, as in fm_sample, which also says how x is scaled at t = 0. rtol,
 * atol and most are those of the rows rtol, atol and solver_steps. */
FM_API int fm_course_begin(const fm_model *model, double rtol, double atol, int most, double t_start, double t_end,
                           real *x, int n, fm_course *course);

/* Up to `tries` steps, 1 .. 10,000, of every point that is under way. x [n, D], k [n, D] (the velocity at x, kept from call to
 * call) and course[n] move together and are the caller's to keep. log: null, or [n, tries]; the steps that point i has tried
 * in this call, as its counts tell, begin at log[i tries]. path: null, or [count, n, D] for x_t at times[count], 1 .. 10,001 of
 * them that go one way, as in fm_sample_grid but any on the way: each is written when a step has passed it. FM_E_ARG too for a
 * course that no call here has left so. */
FM_API int fm_course_run(fm_model *model, int weights, int tries, real *x, real *k, fm_course *course, int n,
                         fm_try *log, const double *times, int count, real *path);

/* out [n, dim] at `fraction` (0 .. 1) of the way from a [n, dim] to b [n, dim], point by point (blend.h): noises to be decoded
 * into what lies between two data points that were encoded. n >= 1, dim 1 .. 64; out may be a or b. */
enum { FM_BLEND_LINEAR, FM_BLEND_SPHERICAL };
FM_API int fm_blend(int kind, double fraction, const real *a, const real *b, int n, int dim, real *out);

#endif
