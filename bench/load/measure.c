#include "measure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* proc(5): fields 14 and 15 of /proc/PID/stat, counted after the name, which may contain blanks. */
static uint64_t cpu_us_of(long pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  FILE *file = fopen(path, "r");
  if (file == NULL) fail("there is no process %ld", pid);
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  unsigned long user = 0, system = 0;
  const char *rest = strrchr(text, ')');
  if (rest == NULL || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    fail("cannot read %s", path);
  return (uint64_t)(user + system) * 1000000u / (uint64_t)sysconf(_SC_CLK_TCK);
}

uint64_t cpu_us(const char *pids) {
  uint64_t sum = 0;
  for (const char *at = pids; *at != 0;) {
    char *end;
    sum += cpu_us_of(strtol(at, &end, 10));
    at = *end == ',' ? end + 1 : end;
    if (end == at && *end != 0) fail("not a list of process ids: %s", pids);
  }
  return sum;
}

void histogram_add(struct histogram *h, uint64_t ns) {
  int power = 63 - __builtin_clzll(ns | 256);
  int bucket = (power - 8) * 256 + (int)((ns >> (power - 8)) & 255);
  h->buckets[bucket < 48 * 256 ? bucket : 48 * 256 - 1]++;
  h->count++;
}

double histogram_us(const struct histogram *h, double q) {
  uint64_t wanted = (uint64_t)(q * (double)h->count), seen = 0;
  for (int bucket = 0; bucket < 48 * 256; bucket++) {
    seen += h->buckets[bucket];
    if (seen > wanted) return (double)((uint64_t)(256 + bucket % 256) << (bucket / 256)) / 1000.0;
  }
  return 0;
}

void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  exit(1);
}

const char *option(int argc, char **argv, const char *name, const char *otherwise) {
  for (int i = 1; i + 1 < argc; i += 2)
    if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0) return argv[i + 1];
  if (otherwise == NULL) fail("--%s is missing", name);
  return otherwise;
}

long option_number(int argc, char **argv, const char *name, long otherwise) {
  char text[32];
  snprintf(text, sizeof text, "%ld", otherwise);
  return strtol(option(argc, argv, name, text), NULL, 10);
}
