/* The theorem that conditional flow matching stands on (Lipman et al. 2023, theorem 2), in double: the gradient of the loss
 * against u_t of pairs is that of the loss against the marginal velocity v*, which nobody can compute but the oracle.
 *
 *     grad E|v(t, x_t) - u_t|^2 = grad E|v(t, x_t) - v*(t, x_t)|^2
 */
#include "model.h"

#include "made.h"

enum { POINTS = 7, PLACES = 5, DIM = 3 };

static real *gradient_of(made m) { return fm_slot(m.model, FM_GRADIENT); }

/* The pair that leads to x at t with velocity v: x1 = (sigma v - sigma' x) / d, x0 = (alpha' x - alpha v) / d. */
static void pair_of(path_point p, const real *x, const real *v, int n, real *x0, real *x1) {
  const double d = p.d_alpha * p.sigma - p.d_sigma * p.alpha;
  for (int k = 0; k < n; k++) {
    x1[k] = (p.sigma * v[k] - p.d_sigma * x[k]) / d;
    x0[k] = (p.d_alpha * x[k] - p.alpha * v[k]) / d;
  }
}

/* Adds weight times the gradient of one pair to sum. */
static void add_gradient(made m, double weight, real t, const real *x0, const real *x1, double *sum) {
  check(fm_loss(m.model, &t, x0, x1, 1) == FM_OK, "loss");
  for (int i = 0; i < fm_slot_size(m.model); i++) sum[i] += weight * gradient_of(m)[i];
}

/* At fixed places x_t, with every x1 of a small set that may have led there and its probability: the expectation is a sum. */
static double check_places(int course) {
  made m = make((const setting[]){
      {FM_DATA, FM_DATA_POINTS}, {FM_DIM, DIM}, {FM_PATH, course}, {FM_SIGMA_DATA, 1.2}, {FM_SIGMA_MAX, 5}, END});
  const int size = fm_slot_size(m.model);
  double *conditional = calloc((size_t)size, sizeof(double)), *marginal = calloc((size_t)size, sizeof(double));
  real y[POINTS * DIM];
  for (int i = 0; i < POINTS * DIM; i++) y[i] = 1.5 * sin(3 * i + 1);
  check(fm_points_set(m.model, y, POINTS) == FM_OK, "points");
  double apart = 0;
  for (int place = 0; place < PLACES; place++) {
    const real t = 0.15 + 0.7 * place / PLACES;
    const path_point p = path_at(&m.model->field.path, t);
    real x[DIM], v[DIM], x0[DIM], x1[DIM];
    for (int k = 0; k < DIM; k++) x[k] = p.alpha * cos(place + k) + p.sigma * sin(2 * place - k);
    double weight[POINTS], sum = 0;
    for (int j = 0; j < POINTS; j++) {
      double square = 0;
      for (int k = 0; k < DIM; k++) square += pow((x[k] - p.alpha * y[j * DIM + k]) / p.sigma, 2);
      sum += weight[j] = exp(-square / 2);
    }
    for (int j = 0; j < POINTS; j++) {
      for (int k = 0; k < DIM; k++) x0[k] = (x[k] - p.alpha * y[j * DIM + k]) / p.sigma;
      add_gradient(m, weight[j] / sum, t, x0, y + j * DIM, conditional);
      apart = fmax(apart, 1 - weight[j] / sum);
    }
    check(fm_oracle_velocity(m.model, &t, x, NULL, 1, v) == FM_OK, "oracle");
    pair_of(p, x, v, DIM, x0, x1);
    add_gradient(m, 1, t, x0, x1, marginal);
  }
  double worst = 0, largest = 0;
  for (int i = 0; i < size; i++) {
    worst = fmax(worst, fabs(conditional[i] - marginal[i]));
    largest = fmax(largest, fabs(marginal[i]));
    check(fabs(conditional[i] - marginal[i]) < 1e-10, "path %d, parameter %d: %.14g and %.14g", course, i,
          conditional[i], marginal[i]);
  }
  check(largest > 1e-3 && apart > 0.5, "path %d: gradients of %g say nothing", course, largest);
  free(conditional), free(marginal), free(m.model);
  return worst;
}

/* Over batches as they are drawn: the mean difference of the two gradients, in units of its standard error. */
static void check_batches(int data, int target) {
  enum { B = 40, DRAWS = 800 };
  made m = make((const setting[]){{FM_DATA, data}, {FM_TARGET, target}, {FM_BATCH, B}, END});
  const int size = fm_slot_size(m.model);
  double *sum = calloc((size_t)size, sizeof(double)), *squares = calloc((size_t)size, sizeof(double));
  double *marginal = calloc((size_t)size, sizeof(double));
  real t[B], x0[2 * B], x1[2 * B], x[2 * B], v[2 * B];
  for (int step = 0; step < DRAWS; step++) {
    check(fm_batch(m.model, step, t, x0, x1) == FM_OK && fm_loss(m.model, t, x0, x1, B) == FM_OK, "conditional");
    real *gradient = guarded((size_t)size * sizeof(real));
    memcpy(gradient, gradient_of(m), (size_t)size * sizeof(real));
    for (int i = 0; i < 2 * B; i++) x[i] = (1 - t[i / 2]) * x0[i] + t[i / 2] * x1[i];
    check(fm_oracle_velocity(m.model, t, x, NULL, B, v) == FM_OK, "oracle");
    for (int i = 0; i < B; i++)
      pair_of(path_at(&m.model->field.path, t[i]), x + 2 * i, v + 2 * i, 2, x0 + 2 * i, x1 + 2 * i);
    check(fm_loss(m.model, t, x0, x1, B) == FM_OK, "marginal");
    for (int i = 0; i < size; i++) {
      const double difference = gradient[i] - gradient_of(m)[i];
      sum[i] += difference, squares[i] += difference * difference, marginal[i] += gradient_of(m)[i];
    }
    free(gradient);
  }
  double total = 0, apart = 0, norm = 0;
  for (int i = 0; i < size; i++) {
    const double error = sqrt(squares[i] - sum[i] * sum[i] / DRAWS);
    check(fabs(sum[i]) < 5 * error, "data %d, target %d, parameter %d: %g standard errors", data, target, i,
          sum[i] / error);
    total += sum[i] * sum[i] / (error * error) / size, apart += sum[i] * sum[i], norm += marginal[i] * marginal[i];
  }
  check(total > 0.1 && total < 4, "data %d, target %d: mean square %g standard errors", data, target, total);
  check(sqrt(apart / norm) < 0.1, "data %d, target %d: %g of the gradient", data, target, sqrt(apart / norm));
  free(sum), free(squares), free(marginal), free(m.model);
}

int main(void) {
  promise("with every pair that leads to x_t at its probability, both gradients are equal to 1e-10");
  double worst = 0;
  for (int course = FM_PATH_LINEAR; course <= FM_PATH_POLYNOMIAL; course++) worst = fmax(worst, check_places(course));
  note("largest difference %.1e", worst);
  promise("over random batches they differ by what their standard errors allow, for both targets");
  for (int target = FM_TARGET_PAIR; target <= FM_TARGET_STABLE; target++) {
    check_batches(FM_DATA_MOONS, target);
    check_batches(FM_DATA_CHECKERBOARD, target);
  }
  return report(2);
}
