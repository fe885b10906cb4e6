#include "blend.h"

#include "scalar.h"

/* The angle in [0, pi] with this cosine and sine. Each step adds the sine of what is missing, so what is missing is cubed:
 * from at most pi/4 five steps leave nothing. */
FM_SMALL double angle_of(double cosine, double sine) {
  double angle = cosine > 0.7071 ? 0 : cosine < -0.7071 ? SCALAR_PI : SCALAR_PI / 2;
  for (int i = 0; i < 5; i++) {
    double s, c;
    scalar_sincos(angle, &s, &c);
    angle += sine * c - cosine * s;
  }
  return angle;
}

FM_SMALL double sine_of(double angle) {
  double s, c;
  scalar_sincos(angle, &s, &c);
  return s;
}

void blend_point(int kind, double f, const real *a, const real *b, real *out, int dim) {
  double aa = 0, ab = 0, bb = 0, from = 1 - f, to = f;
  for (int i = 0; i < dim; i++) {
    aa += (double)a[i] * (double)a[i];
    ab += (double)a[i] * (double)b[i];
    bb += (double)b[i] * (double)b[i];
  }
  const double cosine = ab / fm_sqrt(aa * bb), square = 1 - cosine * cosine;
  if (kind == FM_BLEND_SPHERICAL && square >= BLEND_LEAST * BLEND_LEAST) { /* false for NaN */
    const double sine = fm_sqrt(square), angle = angle_of(cosine, sine);
    from = sine_of((1 - f) * angle) / sine;
    to = sine_of(f * angle) / sine;
  }
  for (int i = 0; i < dim; i++) out[i] = (real)(from * (double)a[i] + to * (double)b[i]);
}
