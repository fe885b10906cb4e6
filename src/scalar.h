/* scalar.h — exp, log, sin and cos in double, from +, -, * and / alone.
 *
 * A libm differs between machines in the last bit; these do not. They serve path coefficients, schedules and data sets,
 * where a value is needed once a sample, not once an activation. Error below 2 ulp (tests/c/test_vmath.c prints it).
 *   scalar_exp(x)     |x| <= 700
 *   scalar_log(x)     x > 0, normal
 *   scalar_sincos(x)  |x| <= 1e6
 */
#ifndef SCALAR_H
#define SCALAR_H

#include "base.h"

double scalar_exp(double x);
double scalar_log(double x);
void scalar_sincos(double x, double *sine, double *cosine);

/* Mills' ratio of the normal law, (1 - Phi(x)) / phi(x) for x >= 0: its tail without the factor that underflows. Relative error
 * below 1e-13. */
double scalar_mills(double x);

/* base^n by squaring, n >= 0. */
double scalar_power(double base, uint32_t n);

#define SCALAR_PI 3.14159265358979323846
#define SCALAR_ROOT_2PI 2.50662827463100050242

#endif
