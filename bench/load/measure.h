/* Measures time, latencies, and the processor time of other processes. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>

/* Monotonic, ns. */
uint64_t now_ns(void);

/* User and system time of all processes in a comma-separated list of ids, µs. */
uint64_t cpu_us(const char *pids);

/* Latencies in ns, in buckets 0.4 % wide. */
struct histogram {
  uint64_t count;
  uint32_t buckets[48 * 256];
};
void histogram_add(struct histogram *h, uint64_t ns);
/* The quantile `q` (0 … 1) of the latencies, µs. */
double histogram_us(const struct histogram *h, double q);

/* Prints a reason and ends the program. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The value after `--name`, or else `otherwise`; ends the program if that is NULL. */
const char *option(int argc, char **argv, const char *name, const char *otherwise);
long option_number(int argc, char **argv, const char *name, long otherwise);

#endif
