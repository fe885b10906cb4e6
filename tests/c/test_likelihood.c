/* Log-densities in double: of known fields against known densities, and of a network's field where its flow is known. */
#include "likelihood.h"
#include "model.h"
#include "scalar.h"

#include "check.h"

/* A mixture of Gaussians N(mu_j, s_j^2 I) with weights w_j, on a path: its marginal field and the divergence of that.
 *
 *   x_t given j ~ N(alpha mu_j, var_j I), var_j = alpha^2 s_j^2 + sigma^2
 *   v_j = alpha' mu_j + c_j (x - alpha mu_j), c_j = (alpha alpha' s_j^2 + sigma sigma') / var_j
 *   v = sum r_j v_j,  div v = sum r_j (D c_j + (g_j - mean g) . v_j),  g_j = -(x - alpha mu_j)/var_j, r_j responsibilities */
enum { DIM = 2, MOST = 2 };
typedef struct {
  path path;
  int parts, rows;
  double weight[MOST], mu[MOST][DIM], s[MOST];
} mixture;

typedef struct {
  double r[MOST], var[MOST];
  double density;
} posterior_of;

static posterior_of weigh(const mixture *m, double alpha, double sigma, const real *x) {
  posterior_of p = {0};
  for (int j = 0; j < m->parts; j++) {
    p.var[j] = alpha * alpha * m->s[j] * m->s[j] + sigma * sigma;
    double squares = 0;
    for (int k = 0; k < DIM; k++) squares += pow(x[k] - alpha * m->mu[j][k], 2);
    p.r[j] = m->weight[j] * exp(-squares / (2 * p.var[j])) / (2 * SCALAR_PI * p.var[j]);
    p.density += p.r[j];
  }
  for (int j = 0; j < m->parts; j++) p.r[j] /= p.density;
  return p;
}

static void flow_at(const mixture *m, path_point at, const real *x, real *v, real *div) {
  const posterior_of p = weigh(m, at.alpha, at.sigma, x);
  double mean[DIM] = {0};
  for (int j = 0; j < m->parts; j++)
    for (int k = 0; k < DIM; k++) mean[k] -= p.r[j] * (x[k] - at.alpha * m->mu[j][k]) / p.var[j];
  *div = 0;
  for (int k = 0; k < DIM; k++) v[k] = 0;
  for (int j = 0; j < m->parts; j++) {
    const double c = (at.alpha * at.d_alpha * m->s[j] * m->s[j] + at.sigma * at.d_sigma) / p.var[j];
    *div += p.r[j] * DIM * c;
    for (int k = 0; k < DIM; k++) {
      const double away = x[k] - at.alpha * m->mu[j][k], vj = at.d_alpha * m->mu[j][k] + c * away;
      v[k] += p.r[j] * vj;
      *div += p.r[j] * (-away / p.var[j] - mean[k]) * vj;
    }
  }
}

static void known_field(void *context, double t, const real *state, real *rate) {
  const mixture *m = context;
  const path_point at = path_at(&m->path, t);
  for (int i = 0; i < m->rows; i++) flow_at(m, at, state + DIM * i, rate + DIM * i, rate + DIM * m->rows + i);
}

/* Points on a grid over [-3, 3]^2, where the densities go from 0.4 down to 1e-13. */
enum { SIDE = 7, N = SIDE * SIDE };
static void grid(real *x) {
  for (int i = 0; i < N; i++) x[2 * i] = i % SIDE - SIDE / 2, x[2 * i + 1] = i / SIDE - SIDE / 2;
}

static void densities(mixture *m, int solver, int steps, double t, double *logp) {
  real state[N * (DIM + 1)], work[3 * N * (DIM + 1)];
  double error[N];
  grid(state);
  m->rows = N;
  const likelihood_piece piece = {N, DIM, 1, path_source_scale(&m->path)};
  const ode_plan plan = {.solver = solver, .steps = steps, .t_start = t, .t_end = 0};
  likelihood_follow(&piece, &plan, known_field, m, state, work, logp, error);
  for (int i = 0; i < N; i++) check(error[i] == 0, "an exact divergence has an error: %g", error[i]);
}

/* At a time t of the flow, where x_t of the exact field has the law that the path gives it. */
static double worst_gap(mixture *m, int solver, int steps, double t) {
  const path_point at = path_at(&m->path, t);
  double logp[N], worst = 0;
  real x[N * DIM];
  densities(m, solver, steps, t, logp);
  grid(x);
  for (int i = 0; i < N; i++) {
    const double gap = fabs(logp[i] - log(weigh(m, at.alpha, at.sigma, x + DIM * i).density));
    check(isfinite(gap), "point %d: %g", i, logp[i]);
    worst = fmax(worst, gap);
  }
  return worst;
}

static mixture gaussian(int kind) {
  return (mixture){.path = {.kind = kind, .sigma_min = 0.01, .sigma_max = 50, .sigma_data = 1},
                   .parts = 1,
                   .weight = {1},
                   .mu = {{0.7, -1.2}},
                   .s = {0.6}};
}
static mixture two_parts(int kind) {
  return (mixture){.path = {.kind = kind, .sigma_min = 0.01, .sigma_max = 50, .sigma_data = 1},
                   .parts = 2,
                   .weight = {0.3, 0.7},
                   .mu = {{1.5, 0.5}, {-1, -0.5}},
                   .s = {0.5, 0.8}};
}

static void check_known(void) {
  promise("the exact field of a Gaussian and of a mixture gives their log-density within 1e-4, by Heun and by RK4");
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_VP_COSINE; kind++)
    for (int parts = 1; parts <= 2; parts++) {
      mixture m = parts == 1 ? gaussian(kind) : two_parts(kind);
      const double heun = worst_gap(&m, FM_SOLVER_HEUN, 800, 1), rk4 = worst_gap(&m, FM_SOLVER_RK4, 100, 1);
      check(heun < 1e-4, "path %d, %d parts, heun: %.3g", kind, parts, heun);
      check(rk4 < 1e-4, "path %d, %d parts, rk4: %.3g", kind, parts, rk4);
      if (kind == FM_PATH_LINEAR && parts == 2) note("mixture: Heun 800 steps %.2g, RK4 100 steps %.2g", heun, rk4);
    }
}

static void check_times(void) {
  promise("at a time on the way it is the log-density of the path there, of x_0 + t (x_1 - x_0) and the others");
  const double times[] = {0.9, 0.5, 0.05};
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_VP_COSINE; kind++)
    for (int k = 0; k < 6; k++) {
      mixture m = k < 3 ? gaussian(kind) : two_parts(kind);
      const double gap = worst_gap(&m, FM_SOLVER_RK4, 100, times[k % 3]);
      check(gap < 1e-4, "path %d, t %g: %.3g", kind, times[k % 3], gap);
    }
}

static void check_orders(void) {
  promise("the error falls with the order of the solver: 1, 2, 2, 4 and 2");
  const int orders[] = {1, 2, 2, 4, 2};
  mixture m = two_parts(FM_PATH_LINEAR);
  for (int solver = FM_SOLVER_EULER; solver <= FM_SOLVER_AB2; solver++) {
    const double order = log2(worst_gap(&m, solver, 200, 1) / worst_gap(&m, solver, 400, 1));
    check(fabs(order - orders[solver]) < 0.25, "solver %d: order %.3f", solver, order);
  }
}

/* Under ve a sample starts at N(0, sigma_max^2 I), which is not quite the law of x_0. The flow is x(1) = mu + a (x(0) - mu),
 * so what it makes of that source is known too. */
static void check_ve(void) {
  promise("under ve the source is N(0, sigma_max^2 I)");
  mixture m = gaussian(FM_PATH_VE);
  double logp[N];
  real x[N * DIM];
  densities(&m, FM_SOLVER_RK4, 200, 1, logp);
  grid(x);
  const double s2 = m.s[0] * m.s[0], a = sqrt((s2 + 1e-4) / (s2 + 2500)), spread = a * 50;
  for (int i = 0; i < N; i++) {
    double truth = -2 * log(spread) - log(2 * SCALAR_PI);
    for (int k = 0; k < DIM; k++) truth -= pow((x[DIM * i + k] - m.mu[0][k] * (1 - a)) / spread, 2) / 2;
    check(fabs(logp[i] - truth) < 1e-4, "point %d: %.8g, not %.8g", i, logp[i], truth);
  }
}

/* ---- Through fm.h ----------------------------------------------------------------------------------------- */

static fm_model *flat_model(int dim, int path) {
  double params[FM_PARAM_COUNT];
  fm_preset(FM_PRESET_DEFAULT, params);
  params[FM_DIM] = dim, params[FM_HIDDEN] = 6, params[FM_FEATURES] = 4, params[FM_BATCH] = 4, params[FM_PATH] = path;
  params[FM_DATA] = dim == 2 ? FM_DATA_MOONS : FM_DATA_POINTS, params[FM_SIGMA_DATA] = 1.5;
  const uint32_t bytes = fm_size(params);
  fm_model *m = guarded(bytes);
  check(fm_init(m, bytes, params) == FM_OK, "fm_init refuses");
  memset(fm_slot(m, FM_EMA), 0, (size_t)fm_slot_size(m) * sizeof(real));
  fm_slot(m, FM_EMA)[fm_slot_size(m) - 1] = 3; /* the bias of the last coordinate */
  return m;
}

/* At time t. */
static int loglik_at(fm_model *m, double t, int solver, int steps, int probes, const real *x, int n, double *logp,
                     double *error) {
  double times[101];
  check(steps <= 100 && fm_grid(FM_GRID_UNIFORM, steps, t, 0, times) == FM_OK, "%d steps", steps);
  return fm_loglik(m, FM_EMA, solver, times, steps + 1, probes, 5, 0, x, n, logp, error);
}

static int loglik(fm_model *m, int solver, int steps, int probes, const real *x, int n, double *logp, double *error) {
  return loglik_at(m, 1, solver, steps, probes, x, n, logp, error);
}

/* Without weights F is its bias b alone. Then x(1) = x(0) + b; under ve, with sigma d sigma = -r sigma^2 dt,
 * x(1)_k = a x(0)_k for every coordinate without a bias, a^2 = (sigma_min^2 + sd^2) / (sigma_max^2 + sd^2). */
static void check_flat(void) {
  promise("a network without weights has the density its bias and its path give it");
  const int dims[] = {1, 2, 5, 64};
  for (int d = 0; d < 4; d++)
    for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++) {
      const int dim = dims[d];
      fm_model *m = flat_model(dim, path);
      if (path == FM_PATH_VE) fm_slot(m, FM_EMA)[fm_slot_size(m) - 1] = 0;
      const double a = path == FM_PATH_VE ? sqrt((1e-4 + 2.25) / (2500 + 2.25)) * 50 : 1;
      real x[6 * FM_MAX_DIM];
      double logp[6], error[6];
      fm_noise(m, 2, 0, 6, x);
      check(loglik(m, FM_SOLVER_RK4, 100, 0, x, 6, logp, error) == FM_OK, "refused");
      for (int i = 0; i < 6; i++) {
        double truth = -dim * (log(a) + log(2 * SCALAR_PI) / 2);
        for (int k = 0; k < dim; k++) {
          const double b = k == dim - 1 && path != FM_PATH_VE ? 3 : 0;
          truth -= pow((x[i * dim + k] - b) / a, 2) / 2;
        }
        check(fabs(logp[i] - truth) < 1e-6 * fabs(truth) && error[i] == 0, "dim %d, path %d: %.10g, not %.10g", dim,
              path, logp[i], truth);
      }
      free(m);
    }
}

/* x(t) = x(0) + t b. */
static void check_on_the_way(void) {
  promise("fm_loglik and fm_loglik_adaptive begin at any time above 0");
  fm_model *m = flat_model(2, FM_PATH_LINEAR);
  const real x[] = {0.5, 2};
  for (double t = 0.25; t <= 1; t += 0.25) {
    double logp[2];
    int32_t evaluations;
    const double truth = -log(2 * SCALAR_PI) - (0.25 + pow(2 - 3 * t, 2)) / 2;
    check(loglik_at(m, t, FM_SOLVER_RK4, 9, 0, x, 1, logp, NULL) == FM_OK, "t %g refused", t);
    check(fm_loglik_adaptive(m, FM_EMA, t, 1e-6, 1e-6, 500, 0, 5, 0, x, 1, logp + 1, NULL, &evaluations) == FM_OK,
          "t %g refused by dopri5", t);
    for (int k = 0; k < 2; k++) check(fabs(logp[k] - truth) < 1e-6, "t %g: %.9g, not %.9g", t, logp[k], truth);
  }
  free(m);
}

/* What the standard errors promise: gaps in units of them have mean 0 and mean square near 1. */
static void check_estimates(void) {
  promise("estimated log-densities are unbiased, and their standard errors tell how far off they are");
  enum { POINTS = 200, PROBES = 16 };
  const int dims[] = {2, 64};
  for (int d = 0; d < 2; d++) {
    fm_model *m = flat_model(dims[d], FM_PATH_LINEAR);
    for (int i = 0; i < fm_slot_size(m); i++) fm_slot(m, FM_EMA)[i] = 2 * fm_slot(m, FM_RAW)[i];
    real *x = guarded((size_t)(POINTS * dims[d]) * sizeof(real));
    double exact[POINTS], logp[POINTS], error[POINTS], sum = 0, squares = 0;
    fm_noise(m, 3, 0, POINTS, x);
    loglik(m, FM_SOLVER_HEUN, 6, 0, x, POINTS, exact, NULL);
    check(loglik(m, FM_SOLVER_HEUN, 6, PROBES, x, POINTS, logp, error) == FM_OK, "refused");
    for (int i = 0; i < POINTS; i++) {
      check(error[i] > 0, "dim %d, point %d: error %g", dims[d], i, error[i]);
      sum += (logp[i] - exact[i]) / error[i], squares += pow((logp[i] - exact[i]) / error[i], 2);
    }
    check(fabs(sum / sqrt(POINTS)) < 4.5, "dim %d: biased by %.2f standard errors", dims[d], sum / sqrt(POINTS));
    /* Student's t with 15 degrees of freedom has variance 15/13. */
    check(squares / POINTS > 0.9 && squares / POINTS < 1.5, "dim %d: mean square %.3f", dims[d], squares / POINTS);
    free(x), free(m);
  }
}

/* Both follow the same field, with the same signs, to within their own errors. */
static void check_adaptive(void) {
  promise("dopri5 agrees with RK4 to its tolerance, exact and estimated, and a point's bits are its own");
  enum { POINTS = 70 };
  const int dims[] = {1, 2, 64};
  for (int d = 0; d < 3; d++)
    for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++)
      for (int probes = 0; probes <= 3; probes += 3) {
        fm_model *m = flat_model(dims[d], path);
        for (int i = 0; i < fm_slot_size(m); i++) fm_slot(m, FM_EMA)[i] = 2 * fm_slot(m, FM_RAW)[i];
        real *x = guarded((size_t)(POINTS * dims[d]) * sizeof(real));
        double fixed[POINTS], logp[POINTS], error[POINTS], alone, off;
        int32_t evaluations[POINTS], one;
        fm_noise(m, 3, 0, POINTS, x);
        loglik(m, FM_SOLVER_RK4, 100, probes, x, 8, fixed, NULL);
        check(fm_loglik_adaptive(m, FM_EMA, 1, 1e-6, 1e-6, 500, probes, 5, 0, x, POINTS, logp, error, evaluations) ==
                  FM_OK,
              "dim %d, path %d", dims[d], path);
        for (int i = 0; i < 8; i++)
          check(fabs(logp[i] - fixed[i]) < 2e-4 * (1 + fabs(fixed[i])), "dim %d, path %d, %d probes: %.9g, RK4 %.9g",
                dims[d], path, probes, logp[i], fixed[i]);
        for (int i = 0; i < POINTS; i += 23) {
          fm_loglik_adaptive(m, FM_EMA, 1, 1e-6, 1e-6, 500, probes, 5, (uint32_t)i, x + i * dims[d], 1, &alone, &off,
                             &one);
          check(alone == logp[i] && off == error[i] && one == evaluations[i], "dim %d, path %d: point %d", dims[d],
                path, i);
          check(one >= 8 && one <= 2 + 6 * 500 && one % 6 == 2, "%d evaluations", one);
        }
        check(
            fm_loglik_adaptive(m, FM_EMA, 1, 1e-6, 1e-6, 1, probes, 5, 0, x, 3, logp, NULL, evaluations) == FM_E_STEPS,
            "one step was enough");
        check(isnan(logp[0]) && evaluations[0] == 8, "%g after %d", logp[0], evaluations[0]);
        free(x), free(m);
      }
}

int main(void) {
  check_known();
  check_times();
  check_orders();
  check_ve();
  check_flat();
  check_on_the_way();
  check_estimates();
  check_adaptive();
  return report(8);
}
