/* Points between two noises. */
#include "fm.h"

#include "check.h"

static double dot(const real *a, const real *b, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
  return sum;
}

static void check_arc(void) {
  promise("spherical keeps the length between noises of one length, and divides the angle evenly");
  for (int degree = 1; degree < 172; degree += 2) {
    const double w = degree * acos(-1) / 180;
    const real a[3] = {0, 2, 0}, b[3] = {(real)(2 * sin(w)), (real)(2 * cos(w)), 0};
    for (int k = 0; k <= 8; k++) {
      real out[3];
      check(fm_blend(FM_BLEND_SPHERICAL, k / 8.0, a, b, 1, 3, out) == FM_OK, "refused");
      check(fabs(sqrt(dot(out, out, 3)) - 2) < 2e-6, "length %g at %d degrees", sqrt(dot(out, out, 3)), degree);
      check(fabs(out[0] - 2 * sin(w * k / 8)) < 3e-6 && fabs(out[1] - 2 * cos(w * k / 8)) < 3e-6,
            "%g, %g at %d/8 of %d degrees", out[0], out[1], k, degree);
    }
  }
}

static void check_ends(void) {
  promise(
      "both kinds begin at the one and end at the other, linear is straight, and without an arc spherical is linear");
  static const real A[2][4] = {{1, -2, 0.5, 3}, {0, 0, 1, 1}}, B[2][4] = {{-1, 1, 2, 0.25}, {0, 0, -2, -2}};
  for (int kind = FM_BLEND_LINEAR; kind <= FM_BLEND_SPHERICAL; kind++) {
    real out[2][4];
    for (int end = 0; end < 2; end++) {
      check(fm_blend(kind, end, A[0], B[0], 2, 4, out[0]) == FM_OK, "refused");
      for (int i = 0; i < 4; i++) check(fabs(out[0][i] - (end ? B : A)[0][i]) < 1e-6, "kind %d: %g", kind, out[0][i]);
    }
    fm_blend(kind, 0.25, A[0], B[0], 2, 4, out[0]);
    for (int i = 0; i < 4; i++) {
      check(fabs(out[1][i] - (0.75 * A[1][i] + 0.25 * B[1][i])) < 1e-6, "opposite, kind %d: %g", kind, out[1][i]);
      const double straight = 0.75 * A[0][i] + 0.25 * B[0][i];
      check((fabs(out[0][i] - straight) < 1e-6) == (kind == FM_BLEND_LINEAR), "kind %d: %g beside %g", kind, out[0][i],
            straight);
    }
    const real zero[2] = {0, 0}, one[2] = {1, 0};
    real half[2];
    check(fm_blend(kind, 0.5, zero, one, 1, 2, half) == FM_OK && half[0] == (real)0.5 && half[1] == 0, "from 0: %g",
          half[0]);
  }
}

int main(void) {
  check_arc();
  check_ends();
  return report(2);
}
