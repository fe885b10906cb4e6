/* Noise on the way, in double, on the exact field of Gaussian data, where the law of x_t is known at every t. */
#include "churn.h"
#include "ode.h"

#include "check.h"

enum { N = 10000 };

/* Data N(MEAN, STD^2) in one dimension: x_t ~ N(alpha MEAN, tau^2), tau^2 = alpha^2 STD^2 + sigma^2. */
static const double MEAN = 0.7, STD = 0.6;

static double tau_of(path_point p) { return sqrt(p.alpha * p.alpha * STD * STD + p.sigma * p.sigma); }

typedef struct {
  path path;
  double g; /* times sigma(t) when `scaled` */
  int scaled, count, evaluations, noisy;
  const ode_plan *plan;
  real *work;
} simulation;

static void field(void *context, double t, const real *x, real *v) {
  simulation *s = context;
  const path_point p = path_at(&s->path, t);
  const double tau = tau_of(p);
  s->evaluations++;
  for (int i = 0; i < s->count; i++) {
    const double off = (x[i] - p.alpha * MEAN) / (tau * tau);
    v[i] = p.d_alpha * (MEAN + p.alpha * STD * STD * off) + p.d_sigma * p.sigma * off;
  }
}

static double diffuse(void *context, int i, double t, real *x) {
  simulation *s = context;
  const double g = s->scaled ? s->g * path_at(&s->path, t).sigma : s->g;
  const double back = churn_time(&s->path, t, g, ode_time(s->plan, i + 1) - t);
  const rng_stream noise = {.seed = 3, .purpose = RNG_DIFFUSION, .step = (uint32_t)i};
  if (back < t) churn_noise(&s->path, t, back, noise, 0, x, s->count, s->work), s->noisy++;
  return back;
}

/* Carries N points from the law at t_start to t_end; the mean and standard deviation there, in units of the true one. */
static void simulate(simulation *s, int solver, int steps, double from, double to, double *mean, double *std) {
  real *x = guarded(N * sizeof(real)), *work = guarded(4 * N * sizeof(real));
  const ode_plan plan = {.solver = solver, .steps = steps, .t_start = from, .t_end = to, .before = diffuse};
  const path_point first = path_at(&s->path, from), last = path_at(&s->path, to);
  s->plan = &plan, s->count = N, s->work = work + 3 * N, s->evaluations = s->noisy = 0;
  rng_normal((rng_stream){.seed = 9, .purpose = RNG_NOISE}, 0, N, x);
  for (int i = 0; i < N; i++) x[i] = first.alpha * MEAN + tau_of(first) * x[i];
  ode_solve(&plan, field, s, x, N, work);
  double sum = 0, square = 0;
  for (int i = 0; i < N; i++) sum += x[i] / N;
  for (int i = 0; i < N; i++) square += (x[i] - sum) * (x[i] - sum) / N;
  *mean = (sum - last.alpha * MEAN) / tau_of(last), *std = sqrt(square) / tau_of(last);
  free(x), free(work);
}

static path path_of(int kind) { return (path){.kind = kind, .sigma_min = 0.2, .sigma_max = 5, .power = 2}; }

/* The sampling error of N points is 0.01 in the mean and 0.007 in the standard deviation. */
static void check_law(void) {
  promise("any g keeps mean and standard deviation of the exact law, for every path and in both directions");
  double worst = 0;
  static const double STRENGTHS[] = {0, 0.4, 1};
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_POLYNOMIAL; kind++)
    for (int g = 0; g < 3; g++)
      for (int scaled = 0; scaled < 2; scaled++)
        for (int back = 0; back < 2; back++) {
          simulation s = {.path = path_of(kind), .g = STRENGTHS[g], .scaled = scaled};
          double mean, std;
          simulate(&s, FM_SOLVER_HEUN, 50, back ? 0.98 : 0.02, back ? 0.02 : 0.98, &mean, &std);
          check(fabs(mean) < 0.03 && fabs(std - 1) < 0.025, "path %d, g %g%s, back %d: mean %.4f off, std %.4f times",
                kind, s.g, scaled ? " sigma" : "", back, mean, std);
          check(s.evaluations == 100 && s.noisy == (g > 0 ? 50 : 0), "%d evaluations", s.evaluations);
          worst = fmax(worst, fabs(std - 1));
        }
  note("at most %.4f off in 50 steps", worst);
}

static void check_strong(void) {
  promise(
      "from the noise itself to the data itself, noise ends with the law of the data; strong noise by rk4, not by "
      "heun");
  static const struct {
    double g, least, most;
    int solver, steps;
  } CASES[] = {
      {1, 0, 0.025, FM_SOLVER_HEUN, 100}, {3, 0.05, 0.2, FM_SOLVER_HEUN, 50}, {3, 0, 0.025, FM_SOLVER_RK4, 50}};
  for (int i = 0; i < 3; i++) {
    simulation s = {.path = path_of(FM_PATH_LINEAR), .g = CASES[i].g};
    double mean, std;
    simulate(&s, CASES[i].solver, CASES[i].steps, 0, 1, &mean, &std);
    const double off = fabs(std - 1);
    check(fabs(mean) < 0.03 && off >= CASES[i].least && off < CASES[i].most,
          "g %g, %d steps: mean %.4f off, std %.4f times", s.g, CASES[i].steps, mean, std);
    check(s.noisy == CASES[i].steps - 1, "%d steps with noise: at alpha = 0 there is none to add", s.noisy);
  }
}

static void check_drift(void) {
  promise("a short step adds g^2/2 score h and g sqrt(h) z to the drift, and another step another z");
  const double t = 0.4, h = 1e-6, g = 0.8;
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_POLYNOMIAL; kind++) {
    simulation s = {.path = path_of(kind), .count = 8};
    const path_point p = path_at(&s.path, t);
    const double back = churn_time(&s.path, t, g, h), tau = tau_of(p);
    const double delta = p.d_alpha * p.sigma - p.d_sigma * p.alpha;
    const double detour = g * g * h * p.alpha / (2 * p.sigma * delta);
    check(fabs((t - back) / detour - 1) < 1e-4, "path %d: back by %g, not %g", kind, t - back, detour);
    check(churn_time(&s.path, t, g, -h) == back, "the sign of h matters");
    check(churn_time(&s.path, t, 0, h) == t && churn_time(&s.path, 0, g, h) == 0, "no noise moves the time");
    const rng_stream noise = {.seed = 1, .purpose = RNG_DIFFUSION, .step = 5};
    real x[8], z[8], v[8], work[8], other[8];
    rng_normal(noise, 16, 8, z);
    for (int i = 0; i < 8; i++) x[i] = other[i] = 0.5 * i - 2;
    field(&s, t, x, v);
    churn_noise(&s.path, t, back, noise, 16, x, 8, work);
    churn_noise(&s.path, t, back, (rng_stream){.seed = 1, .purpose = RNG_DIFFUSION, .step = 6}, 16, other, 8, work);
    for (int i = 0; i < 8; i++) {
      const double from = 0.5 * i - 2, score = -(from - p.alpha * MEAN) / (tau * tau);
      const double drift = x[i] + v[i] * (t - back) - from - g * sqrt(h) * z[i], truth = g * g / 2 * score * h;
      check(fabs(drift - truth) < 1e-3 * g * sqrt(h) * (t - back) / h + 1e-9, "path %d: %g drifts by %g, not %g", kind,
            from, drift, truth);
      check(other[i] != x[i], "two steps share a z");
    }
  }
}

static void check_limits(void) {
  promise("however strong the noise, the step goes back to the beginning at most");
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_POLYNOMIAL; kind++) {
    const path p = path_of(kind);
    const double back = churn_time(&p, 0.9, 1e6, 1);
    real x[4] = {0, 0.5, 1, 1.5}, work[4];
    check(back >= 0 && back < 0.01, "path %d: back to %g", kind, back);
    churn_noise(&p, 0.9, back, (rng_stream){.seed = 2}, 0, x, 4, work);
    for (int i = 0; i < 4; i++) check(fabs(x[i]) < 6 * p.sigma_max, "%g", x[i]);
  }
}

int main(void) {
  check_law();
  check_strong();
  check_drift();
  check_limits();
  return report(4);
}
