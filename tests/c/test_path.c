/* The paths: ends, derivatives, and the preconditioning against the identities it must satisfy. */
#include "path.h"

#include "check.h"

static const path PATHS[] = {{FM_PATH_LINEAR, 0.01, 50, 1},
                             {FM_PATH_VP_COSINE, 0.01, 50, 1},
                             {FM_PATH_VE, 0.01, 50, 2},
                             {FM_PATH_VE, 0.3, 4, 0.5}};
enum { COUNT = 4 };

static void check_ends(void) {
  promise("at t = 0 a path is its source, at t = 1 its data");
  for (int i = 0; i < COUNT; i++) {
    const path *p = &PATHS[i];
    const path_point start = path_at(p, 0), end = path_at(p, 1);
    const int ve = p->kind == FM_PATH_VE;
    check(fabs(start.sigma / path_source_scale(p) - 1) < 1e-14, "path %d: sigma(0) = %.17g", i, start.sigma);
    check(fabs(start.alpha - ve) < 1e-15 && fabs(end.alpha - 1) < 1e-15, "path %d: alpha", i);
    check(fabs(end.sigma - (ve ? p->sigma_min : 0)) < 1e-15, "path %d: sigma(1) = %.17g", i, end.sigma);
  }
}

static void check_derivatives(void) {
  promise("alpha' and sigma' are the derivatives of alpha and sigma");
  const double h = 1e-4;
  for (int i = 0; i < COUNT; i++)
    for (double t = 0.01; t < 0.99; t += 0.0137) {
      const path_point a = path_at(&PATHS[i], t - h), b = path_at(&PATHS[i], t + h), p = path_at(&PATHS[i], t);
      const double size = fabs(p.d_sigma) + 1;
      check(fabs((b.alpha - a.alpha) / (2 * h) - p.d_alpha) < 1e-6 * size, "path %d, t %g: alpha' %g", i, t, p.d_alpha);
      check(fabs((b.sigma - a.sigma) / (2 * h) - p.d_sigma) < 1e-6 * size, "path %d, t %g: sigma' %g", i, t, p.d_sigma);
    }
  promise("vp-cosine preserves variance, linear keeps alpha + sigma at 1");
  for (double t = 0; t <= 1; t += 0.0137) {
    const path_point linear = path_at(&PATHS[0], t), cosine = path_at(&PATHS[1], t);
    check(fabs(linear.alpha + linear.sigma - 1) < 1e-15, "t %g", t);
    check(fabs(cosine.alpha * cosine.alpha + cosine.sigma * cosine.sigma - 1) < 1e-15, "t %g", t);
  }
}

static void check_condition(void) {
  promise("preconditioning is trivial but for ve, where v = -r (x - D) and input and target have unit variance");
  for (int i = 0; i < COUNT; i++)
    for (double t = 0; t <= 1; t += 0.0137) {
      const path *p = &PATHS[i];
      const path_condition c = path_condition_at(p, t);
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

int main(void) {
  check_ends();
  check_derivatives();
  check_condition();
  return report(4);
}
