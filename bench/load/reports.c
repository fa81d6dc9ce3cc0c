/*
 * Devices that report a property at a steady rate, whether they get answers or not, and record what the hub sends.
 *
 * reports --port N --fleet FILE --count N --notes FILE [--burst N] [--period MS]
 *
 * Prints one JSON object when all are connected. Each line of its input is a number of reports: every device sends so
 * many, one per period, the devices evenly spread over it. Then it prints the measurements and writes FILE, one line per
 * device, separated by tabs: client id; reports sent; answered by 204; $version in the first and in the last such
 * answer; the value that the last one acknowledges; an array of [$version, patch] for each desired update, in order.
 *
 * The nth report of a device has the value n. Latency counts from the time when a report was due.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fleet.h"
#include "measure.h"

struct notes {
  unsigned long answered, first_version, version, value;
  char *updates;
  size_t length;
};

static const uint64_t TIMEOUT = 30ull * 1000000000u;
static const uint64_t LONG = 100000000u;

static struct fleet fleet;
static struct notes *notes;
static struct histogram latencies;
static uint64_t period, start, longest;
static unsigned long sent_before;
/* Answers that are not 204, are not in the order of the requests, or whose $version is not the next one. */
static unsigned long refused, disordered, skipped;
static long outstanding;

/* All devices have sent the same number before; each has its own offset in the period. */
static uint64_t due(long device, unsigned long request) {
  return start + (request - sent_before - 1) * period + period * (uint64_t)device / (uint64_t)fleet.count;
}

static void report(struct device *device) {
  char topic[128], body[64];
  device->request++;
  int topic_length =
      snprintf(topic, sizeof topic, "%stwin/PATCH/properties/reported/?$rid=%lu", device->prefix, device->request);
  int body_length = snprintf(body, sizeof body, "{\"value\":%lu}", device->request);
  outstanding++;
  mqtt_publish(&device->wire, topic, (size_t)topic_length, body, (size_t)body_length);
}

static void hear_answer(long device, const char *topic) {
  struct notes *n = &notes[device];
  unsigned long request = 0, version = 0;
  int status = 0;
  outstanding--;
  if (sscanf(topic, "%d/?$rid=%lu&$version=%lu", &status, &request, &version) != 3 || status != 204) {
    if (refused++ == 0) fprintf(stderr, "not acknowledged: %s\n", topic);
    return;
  }
  uint64_t latency = now_ns() - due(device, request);
  histogram_add(&latencies, latency);
  if (latency > longest) longest = latency;
  if (request <= n->value) disordered++;
  if (n->answered > 0 && version != n->version + 1) skipped++;
  if (n->answered++ == 0) n->first_version = version;
  n->version = version;
  n->value = request;
}

static void hear_update(struct notes *n, const char *topic, const char *body, size_t length) {
  size_t room = n->length + length + 32;
  n->updates = realloc(n->updates, room);
  n->length += (size_t)snprintf(n->updates + n->length, room - n->length, "%s[%lu,%.*s]", n->length > 0 ? "," : "",
                                strtoul(topic, NULL, 10), (int)length, body);
}

static void hear(struct device *device, struct packet packet) {
  static const char answer[] = "twin/res/", update[] = "twin/PATCH/properties/desired/?$version=";
  char topic[256];
  size_t length = (size_t)packet.body[0] << 8 | packet.body[1], prefix = strlen(device->prefix);
  if (length >= sizeof topic || length + 2 > packet.length || length < prefix) fail("a topic of %zu bytes", length);
  memcpy(topic, packet.body + 2, length);
  topic[length] = 0;
  const char *at = topic + prefix;
  if (strncmp(at, answer, sizeof answer - 1) == 0) return hear_answer(device - fleet.devices, at + sizeof answer - 1);
  if (strncmp(at, update, sizeof update - 1) != 0) fail("nobody asked for %s", topic);
  hear_update(&notes[device - fleet.devices], at + sizeof update - 1, (const char *)packet.body + 2 + length,
              packet.length - 2 - length);
}

static void report_all(unsigned long times) {
  unsigned long total = times * (unsigned long)fleet.count;
  start = now_ns();
  for (unsigned long next = 0; next < total;) {
    struct device *device = &fleet.devices[next % (unsigned long)fleet.count];
    uint64_t at = due((long)(next % (unsigned long)fleet.count), device->request + 1), now = now_ns();
    if (at > now) {
      fleet_turn(&fleet, at - now);
      continue;
    }
    /* packets that arrive must not wait until a backlog is sent */
    for (int i = 0; i < 64 && next < total && due((long)(device - fleet.devices), device->request + 1) <= now; i++) {
      report(device);
      fleet_flush(&fleet, device);
      device = &fleet.devices[++next % (unsigned long)fleet.count];
    }
    fleet_turn(&fleet, 0);
  }
  for (uint64_t end = now_ns() + TIMEOUT; outstanding > 0 && now_ns() < end;) fleet_turn(&fleet, LONG);
  sent_before += times;
}

static void tell(double seconds) {
  printf("{\"seconds\":%.6f,\"answered\":%lu,\"unanswered\":%ld,\"refused\":%lu,\"disordered\":%lu,\"skipped\":%lu,"
         "\"lost\":%ld,\"p50\":%.1f,\"p99\":%.1f,\"longest\":%.1f}\n",
         seconds, latencies.count, outstanding, refused, disordered, skipped, fleet.lost, histogram_us(&latencies, 0.5),
         histogram_us(&latencies, 0.99), (double)longest / 1000.0);
  fflush(stdout);
}

static void write_notes(const char *path) {
  FILE *file = fopen(path, "w");
  if (file == NULL) fail("cannot write %s", path);
  for (long i = 0; i < fleet.count; i++) {
    const struct notes *n = &notes[i];
    fprintf(file, "%s\t%lu\t%lu\t%lu\t%lu\t%lu\t[%s]\n", fleet.devices[i].credentials.client, fleet.devices[i].request,
            n->answered, n->first_version, n->version, n->value, n->length > 0 ? n->updates : "");
  }
  if (fclose(file) != 0) fail("cannot write %s", path);
}

/* The next line of the input as a number; 0 at its end. */
static unsigned long order(void) {
  char line[32];
  size_t used = 0;
  do {
    while (!fleet_turn(&fleet, LONG)) continue;
    ssize_t got = read(STDIN_FILENO, line + used, sizeof line - 1 - used);
    if (got <= 0) return 0;
    used += (size_t)got;
  } while (line[used - 1] != '\n' && used < sizeof line - 1);
  line[used] = 0;
  return strtoul(line, NULL, 10);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  static const char *const filters[] = {"twin/res/#", "twin/PATCH/properties/desired/#", NULL};
  const char *path = option(argc, argv, "notes", NULL);
  period = (uint64_t)option_number(argc, argv, "period", 1000) * 1000000u;
  fleet = (struct fleet){.filters = filters, .hear = hear};
  fleet_open(&fleet, argc, argv);
  if (fleet.ready < fleet.count) fail("only %ld of %ld devices are ready", fleet.ready, fleet.count);
  notes = calloc((size_t)fleet.count, sizeof *notes);
  fleet_watch_input(&fleet);
  for (unsigned long times = order(); times > 0; times = order()) {
    memset(&latencies, 0, sizeof latencies);
    longest = 0;
    report_all(times);
    write_notes(path);
    tell((double)(now_ns() - start) / 1e9);
  }
  fleet_close(&fleet);
  return 0;
}
