/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/steps.h"

#define EXPONENT_MAX 15

double step_value(struct step s)
{
	double power = 1;

	for (int i = 0; i < s.exponent || i < -s.exponent; i++)
		power *= 10; /* exact up to 10^22 */
	return s.exponent < 0 ? s.digit / power : s.digit * power;
}

static struct step next(struct step s)
{
	if (s.digit == 5)
		return (struct step){ 1, s.exponent + 1 };
	return (struct step){ s.digit == 1 ? 2 : 5, s.exponent };
}

struct step step_up(double x)
{
	struct step s = { 1, -EXPONENT_MAX };

	while (s.exponent < EXPONENT_MAX && step_value(s) < x)
		s = next(s);
	return s;
}

struct step step_down(double x)
{
	struct step s = { 1, -EXPONENT_MAX };

	while (s.exponent < EXPONENT_MAX && step_value(next(s)) <= x)
		s = next(s);
	return s;
}

int step_decimals(struct step s)
{
	return s.exponent < 0 ? -s.exponent : 0;
}
