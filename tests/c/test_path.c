/* The paths: ends, derivatives, and the preconditioning against the identities it must satisfy. */
#include "path.h"

#include "made.h"
#include "model.h"
#include "pathset.h"

static const prediction VELOCITY = {FM_PREDICT_V, 0, 1};

static void check_ends(void) {
  promise("at t = 0 a path is its source, at t = 1 its data");
  for (int i = 0; i < PATHSET_COUNT; i++) {
    const path *p = &PATHSET[i];
    const path_point start = path_at(p, 0), end = path_at(p, 1);
    const int ve = p->kind == FM_PATH_VE, tinted = p->kind == FM_PATH_VP_LINEAR;
    check(fabs(start.sigma / path_source_scale(p) - 1) < (tinted ? 3e-5 : 1e-14), "path %d: sigma(0) = %.17g", i,
          start.sigma);
    check(fabs(start.alpha - ve) < (tinted ? 0.0067 : 1e-15) && fabs(end.alpha - 1) < 1e-15, "path %d: alpha", i);
    check(fabs(end.sigma - (ve ? p->sigma_min : 0)) < 1e-15, "path %d: sigma(1) = %.17g", i, end.sigma);
  }
}

/* alpha(+h) - alpha(-h) to fourth order. */
static double slope(const double *values, double h) {
  return (8 * (values[2] - values[1]) - (values[3] - values[0])) / (12 * h);
}

static void check_derivatives(void) {
  promise("alpha' and sigma' are the derivatives of alpha and sigma");
  const double h = 1e-4;
  double worst = 0;
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (double t = 0.01; t < 0.99; t += 0.0137) {
      const path_point p = path_at(&PATHSET[i], t);
      double alpha[4], sigma[4];
      for (int k = 0; k < 4; k++) {
        const path_point near = path_at(&PATHSET[i], t + (k < 2 ? k - 2 : k - 1) * h);
        alpha[k] = near.alpha, sigma[k] = near.sigma;
      }
      const double error = fmax(fabs(slope(alpha, h) - p.d_alpha), fabs(slope(sigma, h) - p.d_sigma));
      const double size = fabs(p.d_sigma) + 1;
      if (error / size > worst) worst = error / size;
      check(error < 1e-9 * size, "path %d, t %g: %g", i, t, error);
    }
  note("worst relative error %.1e", worst);
  promise("the vp paths preserve variance, linear and polynomial keep alpha + sigma at 1");
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (double t = 0; t <= 1; t += 0.0137) {
      const path_point p = path_at(&PATHSET[i], t);
      const int kind = PATHSET[i].kind;
      if (kind == FM_PATH_VP_COSINE || kind == FM_PATH_VP_LINEAR)
        check(fabs(p.alpha * p.alpha + p.sigma * p.sigma - 1) < 1e-15, "path %d, t %g", i, t);
      if (kind == FM_PATH_LINEAR || kind == FM_PATH_POLYNOMIAL)
        check(fabs(p.alpha + p.sigma - 1) < 1e-15, "path %d, t %g", i, t);
    }
  promise("polynomial of power 1 is the linear path, and vp-linear is its integral in closed form");
  for (double t = 0; t <= 1; t += 0.0137) {
    const path_point one = path_at(&PATHSET[5], t), linear = path_at(&PATHSET[0], t), vp = path_at(&PATHSET[4], t);
    check(one.alpha == linear.alpha && one.sigma == linear.sigma && one.d_alpha == 1 && one.d_sigma == -1, "t %g", t);
    const double s = 1 - t, integral = 0.1 * s + 19.9 * s * s / 2;
    check(fabs(vp.alpha - exp(-integral / 2)) < 1e-15, "t %g: alpha %.17g", t, vp.alpha);
  }
}

static void check_singular_end(void) {
  promise("vp-linear keeps its slopes finite at t = 1, where they are those of 1 - 1e-5");
  const path_point end = path_at(&PATHSET[4], 1), near = path_at(&PATHSET[4], 1 - 1e-5);
  check(end.alpha == 1 && end.sigma == 0, "alpha %g, sigma %g", end.alpha, end.sigma);
  check(fabs(end.d_sigma / near.d_sigma - 1) < 1e-9 && fabs(end.d_sigma + 50) < 0.1, "sigma' %g", end.d_sigma);
  check(fabs(end.d_alpha - 0.05) < 1e-4, "alpha' %g", end.d_alpha);
}

/* With every weight 0 the network says 0, and the gradient of its last bias is -2 u / D for a batch of one: the target itself,
 * as training sees it. Its rounding is that of `real`, so this program is of the double build. */
static void target_of(made m, double t, const double *x0, const double *x1, double *target) {
  const real time = (real)t, noise[2] = {x0[0], x0[1]}, data[2] = {x1[0], x1[1]};
  const int bias = fm_tensor_info(m.model, fm_tensor_count(m.model) - 1)->offset;
  memset(fm_slot(m.model, FM_RAW), 0, (size_t)fm_slot_size(m.model) * sizeof(real));
  check(fm_loss(m.model, &time, noise, data, 1) == FM_OK, "fm_loss refuses");
  for (int j = 0; j < 2; j++) target[j] = -fm_slot(m.model, FM_GRADIENT)[bias + j];
}

static made model_of(const path *p) {
  const setting settings[] = {{FM_PATH, p->kind},
                              {FM_SIGMA_MIN, p->sigma_min > 0 ? p->sigma_min : 0.01},
                              {FM_SIGMA_MAX, p->sigma_max > 0 ? p->sigma_max : 50},
                              {FM_SIGMA_DATA, p->sigma_data},
                              {FM_PATH_POWER, p->power > 0 ? p->power : 2},
                              END};
  made m = make(settings);
  if (p->kind == FM_PATH_CUSTOM) check(fm_path_set(m.model, p->alpha, p->sigma, p->count, NULL) == FM_OK, "samples");
  return m;
}

static void check_targets(void) {
  promise("what a step regresses on is, as a velocity, the finite difference of x_t");
  const double x0[2] = {0.7, -1.1}, x1[2] = {-1.3, 2.2}, h = 1e-4;
  for (int i = 0; i < PATHSET_COUNT; i++) {
    const path *p = &PATHSET[i];
    made m = model_of(p);
    for (double t = 0.01; t < 0.99; t += 0.0437) {
      double target[2];
      target_of(m, t, x0, x1, target);
      const condition c = condition_at(p, &VELOCITY, t);
      const path_point here = path_at(p, t);
      for (int j = 0; j < 2; j++) {
        double x[4];
        for (int k = 0; k < 4; k++) {
          const path_point near = path_at(p, t + (k < 2 ? k - 2 : k - 1) * h);
          x[k] = near.sigma * x0[j] + near.alpha * x1[j];
        }
        const double v = c.skip * (here.sigma * x0[j] + here.alpha * x1[j]) + c.out * target[j];
        check(fabs(v - slope(x, h)) < 1e-8 * (1 + fabs(v)), "path %d, t %g: %g, not %g", i, t, v, slope(x, h));
      }
    }
    free(m.model);
  }
}

static void check_condition(void) {
  promise("preconditioning is trivial but for ve, where v = -r (x - D) and input and target have unit variance");
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (double t = 0; t <= 1; t += 0.0137) {
      const path *p = &PATHSET[i];
      const condition c = condition_at(p, &VELOCITY, t);
      if (p->kind != FM_PATH_VE) {
        check(c.in == 1 && c.skip == 0 && c.out == 1, "path %d, t %g", i, t);
        continue;
      }
      const double sigma = path_at(p, t).sigma, sd = p->sigma_data, total = sigma * sigma + sd * sd;
      const double r = log(p->sigma_max / p->sigma_min), c_skip = sd * sd / total, c_out = sigma * sd / sqrt(total);
      const double x = 1.7, f = -0.6, denoised = c_skip * x + c_out * f;
      check(fabs(c.skip * x + c.out * f + r * (x - denoised)) < 1e-12 * r * 3, "path %d, t %g: velocity", i, t);
      check(fabs(c.in * c.in * total - 1) < 1e-13, "path %d, t %g: input variance", i, t);
      /* u = -r sigma x0, x = x1 + sigma x0: coefficients of x1 and x0 in (u - skip x) / out. */
      const double data = -c.skip / c.out, noise = (-r * sigma - c.skip * sigma) / c.out;
      check(fabs(data * data * sd * sd + noise * noise - 1) < 1e-12, "path %d, t %g: target variance", i, t);
    }
}

static void check_faults(void) {
  promise("a custom path that does not lead from noise to data is refused at the sample that is wrong");
  static const struct {
    real alpha[4], sigma[4];
    int fault;
  } CASES[] = {{{0, 0.3, 0.7, 1}, {1, 0.7, 0.3, 0}, -1},
               {{0.0066, 0.3, 0.7, 0.995}, {1, 0.7, 0.3, 0.01}, -1}, /* as diffusion schedules end */
               {{0, 0, 0.7, 1}, {5, 3, 0.3, 0}, 1},                  /* no data yet at the second sample */
               {{0, 0.9, 0.8, 1}, {1, 0.7, 0.3, 0}, -1},             /* data may shrink while noise shrinks more */
               {{0, 0.3, 0.2, 1}, {1, 0.4, 0.4, 0}, 2},              /* back towards noise */
               {{0, 0.5, 0.5, 1}, {1, 0.5, 0.5, 0}, 2},              /* stands still */
               {{0.02, 0.3, 0.7, 1}, {1, 0.7, 0.3, 0}, 0},           /* data at t = 0 */
               {{0, 0.3, 0.7, 1}, {0, 0.7, 0.3, 0}, 0},              /* no noise at all */
               {{0, 0.3, 0.7, 1}, {1, 0.7, 0.3, 0.05}, 3},           /* noise at t = 1 */
               {{0, 0.3, 0.7, 0.9}, {1, 0.7, 0.3, 0}, 3},            /* smaller than the data */
               {{1, 0.7, 0.3, 0}, {0, 0.3, 0.7, 1}, 0},              /* the other way round */
               {{0, 0.3, 0.7, 1}, {1, 0.7, -0.1, 0}, 2},
               {{0, 0.3, 0.7, 1}, {1, 0.7, 1001, 0}, 2},
               {{0, NAN, 0.7, 1}, {1, 0.7, 0.3, 0}, 1},
               {{0, 0.3, 0.7, 1}, {1, 0.7, 0.3, -INFINITY}, 3}};
  made m = model_of(&PATHSET[PATHSET_COUNT - 1]), linear = model_of(&PATHSET[0]);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    int bad = 7;
    const int status = fm_path_set(m.model, CASES[i].alpha, CASES[i].sigma, 4, &bad);
    check(status == (CASES[i].fault < 0 ? FM_OK : FM_E_ARG) && bad == CASES[i].fault, "case %zu: sample %d", i, bad);
  }
  int bad = 7;
  check(fm_path_set(m.model, PATHSET_ALPHA, PATHSET_SIGMA, 1, &bad) == FM_E_ARG && bad == -1, "one sample");
  check(fm_path_set(m.model, PATHSET_ALPHA, PATHSET_SIGMA, FM_MAX_PATH + 1, NULL) == FM_E_ARG, "too many");
  check(fm_path_set(m.model, NULL, PATHSET_SIGMA, 5, NULL) == FM_E_ARG, "no alpha");
  check(fm_path_set(linear.model, PATHSET_ALPHA, PATHSET_SIGMA, 5, NULL) == FM_E_STATE, "a linear model");
  free(m.model), free(linear.model);
}

static void check_waiting(void) {
  promise(
      "without its samples a custom path trains nothing and answers nothing; with those of the linear path it is that "
      "one");
  made m = make((const setting[]){{FM_PATH, FM_PATH_CUSTOM}, {FM_PREDICT, FM_PREDICT_X1}, END});
  made linear = make((const setting[]){{FM_PREDICT, FM_PREDICT_X1}, END});
  const real alpha[3] = {0, 0.5, 1}, sigma[3] = {1, 0.5, 0}, t[2] = {0.3, 1};
  real x[4] = {1, 2, 3, 4}, v[4], expected[4];
  check(fm_train(m.model, 1, NULL) == FM_E_STATE && fm_velocity(m.model, FM_RAW, t, x, 2, v) == FM_E_STATE,
        "too early");
  check(fm_sample(m.model, FM_RAW, FM_SOLVER_EULER, 2, 0, 1, x, 2) == FM_E_STATE, "sample too early");
  check(fm_path_set(m.model, alpha, sigma, 3, NULL) == FM_OK && fm_train(m.model, 20, NULL) == FM_OK, "train");
  check(fm_train(linear.model, 20, NULL) == FM_OK, "train the linear path");
  fm_velocity(m.model, FM_RAW, t, x, 2, v), fm_velocity(linear.model, FM_RAW, t, x, 2, expected);
  for (int i = 0; i < 4; i++) check(fabs((double)(v[i] - expected[i])) < 1e-9, "%d: %g, not %g", i, v[i], expected[i]);
  check(fm_reset(m.model) == FM_OK && fm_train(m.model, 1, NULL) == FM_OK, "a reset keeps the samples");
  free(m.model), free(linear.model);
}

int main(void) {
  check_ends();
  check_derivatives();
  check_singular_end();
  check_targets();
  check_condition();
  check_faults();
  check_waiting();
  return report(9);
}
