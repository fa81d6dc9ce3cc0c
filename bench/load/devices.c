/*
 * Devices that report a property and wait for the answer, one outstanding request per device; or that only connect.
 *
 * devices --port N --fleet FILE --count N [--burst N] [--tls 1] [--hold 1] [--warm-up MS] [--measure MS] [--pids A,B]
 *
 * Prints one JSON object when all are connected and, without --hold, one with the measurements. With --hold it waits for
 * the end of its input and then prints how many connections are left.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fleet.h"
#include "measure.h"

static struct fleet fleet;
static long outstanding;
static struct histogram latencies;
static bool measuring, running;
static unsigned long wrong;

static const uint64_t TURN = 10000000u;

static void report(struct device *device) {
  char topic[256], body[96];
  device->request++;
  int topic_length =
      snprintf(topic, sizeof topic, "%stwin/PATCH/properties/reported/?$rid=%lu", device->prefix, device->request);
  int body_length = snprintf(body, sizeof body, "{\"connectivity\":{\"type\":\"cellular\",\"signal\":-71},\"temperature\":%05.2f}",
                             20.0 + (double)(device->request % 1000) / 100.0);
  device->sent_at = now_ns();
  outstanding++;
  mqtt_publish(&device->wire, topic, (size_t)topic_length, body, (size_t)body_length);
}

/* The answer to the outstanding request has its number; anything else is an error of the hub. */
static void hear(struct device *device, struct packet packet) {
  char wanted[256];
  int length = snprintf(wanted, sizeof wanted, "%stwin/res/204/?$rid=%lu&", device->prefix, device->request);
  if (packet.length < (size_t)length + 2 || memcmp(packet.body + 2, wanted, (size_t)length) != 0) wrong++;
  if (measuring) histogram_add(&latencies, now_ns() - device->sent_at);
  outstanding--;
  if (running) report(device);
}

static void turn_until(uint64_t deadline) {
  while (now_ns() < deadline) fleet_turn(&fleet, TURN);
}

static void measure(uint64_t warm_up, uint64_t length, const char *pids) {
  running = true;
  for (long i = 0; i < fleet.count; i++) {
    report(&fleet.devices[i]);
    fleet_flush(&fleet, &fleet.devices[i]);
  }
  turn_until(now_ns() + warm_up);
  uint64_t cpu = cpu_us(pids), start = now_ns();
  measuring = true;
  turn_until(start + length);
  measuring = running = false;
  double seconds = (double)(now_ns() - start) / 1e9;
  cpu = cpu_us(pids) - cpu;
  /* an answer that comes late must not count for the next measurement */
  for (uint64_t end = now_ns() + 2000000000u; outstanding > 0 && now_ns() < end;) fleet_turn(&fleet, TURN);
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"p50\":%.1f,\"p99\":%.1f,\"cpu\":%lu,\"wrong\":%lu,\"lost\":%ld}\n",
         latencies.count, seconds, histogram_us(&latencies, 0.5), histogram_us(&latencies, 0.99), cpu, wrong,
         fleet.lost);
}

static void hold(void) {
  char byte;
  fleet_watch_input(&fleet);
  do {
    while (!fleet_turn(&fleet, 1000000000u)) continue;
  } while (read(STDIN_FILENO, &byte, 1) > 0);
  long left = 0;
  for (long d = 0; d < fleet.count; d++) left += fleet.devices[d].state == READY;
  printf("{\"left\":%ld}\n", left);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  static const char *const filters[] = {"twin/res/#", NULL};
  fleet = (struct fleet){.filters = filters, .hear = hear};
  fleet_open(&fleet, argc, argv);
  if (option_number(argc, argv, "hold", 0)) hold();
  else if (fleet.ready < fleet.count) fail("only %ld of %ld devices are ready", fleet.ready, fleet.count);
  else
    measure((uint64_t)option_number(argc, argv, "warm-up", 1000) * 1000000u,
            (uint64_t)option_number(argc, argv, "measure", 2000) * 1000000u, option(argc, argv, "pids", ""));
  fleet_close(&fleet);
  return 0;
}
