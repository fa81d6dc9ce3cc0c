/*
 * Devices that send telemetry over MQTT, QoS 1. Each message says when it was sent.
 *
 * telemetry --port N --fleet FILE --count N [--rate N] [--burst N] [--tls 1] [--warm-up MS] [--measure MS] [--pids A,B]
 *
 * With --rate, so many messages per second are sent by all devices together, acknowledged or not; otherwise each device
 * sends its next message when the one before is acknowledged. Prints one JSON object when all are connected, and one with
 * the measurements.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "measure.h"

static struct fleet fleet;
static long outstanding;
static uint64_t interval;
static struct histogram latencies;
static bool measuring, running;

static const uint64_t TURN = 10000000u;

static void send_telemetry(struct device *device) {
  char topic[256], body[256];
  device->request++;
  snprintf(topic, sizeof topic, "devices/%s/messages/events/level=%s&%%24.ct=application%%2Fjson&%%24.ce=utf-8",
           device->credentials.client, device->request % 4 == 0 ? "high" : "low");
  device->sent_at = now_ns();
  snprintf(body, sizeof body, "{\"sent\":\"%016llx\",\"temperature\":%05.2f,\"humidity\":40,\"pad\":\"%0130d\"}",
           (unsigned long long)device->sent_at, 20.0 + (double)(device->request % 1000) / 100.0, 0);
  outstanding++;
  mqtt_publish_once(&device->wire, 1 + (unsigned)(device->request % 60000), topic, body);
}

static void ignore(struct device *device, struct packet packet) { (void)device, (void)packet; }

static void acknowledged(struct device *device) {
  outstanding--;
  if (measuring) histogram_add(&latencies, now_ns() - device->sent_at);
  if (running && interval == 0) send_telemetry(device);
}

static void begin(void) {
  running = true;
  if (interval > 0) return;
  for (long i = 0; i < fleet.count; i++) {
    send_telemetry(&fleet.devices[i]);
    fleet_flush(&fleet, &fleet.devices[i]);
  }
}

/* Sends what is due, if there is a rate, and hears what comes. */
static void turn_until(uint64_t deadline) {
  static uint64_t due, sent;
  if (interval == 0) {
    while (now_ns() < deadline) fleet_turn(&fleet, TURN);
    return;
  }
  if (due == 0) due = now_ns();
  for (uint64_t now = now_ns(); now < deadline; now = now_ns()) {
    if (due > now) {
      fleet_turn(&fleet, due - now);
      continue;
    }
    struct device *device = &fleet.devices[sent++ % (uint64_t)fleet.count];
    send_telemetry(device);
    fleet_flush(&fleet, device);
    due += interval;
  }
}

static void measure(uint64_t warm_up, uint64_t length, const char *pids) {
  begin();
  turn_until(now_ns() + warm_up);
  uint64_t cpu = cpu_us(pids), start = now_ns();
  measuring = true;
  turn_until(start + length);
  measuring = running = false;
  double seconds = (double)(now_ns() - start) / 1e9;
  cpu = cpu_us(pids) - cpu;
  for (uint64_t end = now_ns() + 2000000000u; outstanding > 0 && now_ns() < end;) fleet_turn(&fleet, TURN);
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"p50\":%.1f,\"cpu\":%lu,\"wrong\":%ld,\"lost\":%ld}\n",
         (unsigned long)latencies.count, seconds, histogram_us(&latencies, 0.5), (unsigned long)cpu, outstanding,
         fleet.lost);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  static const char *const filters[] = {"methods/POST/#", NULL};
  long rate = option_number(argc, argv, "rate", 0);
  if (rate > 0) interval = 1000000000u / (uint64_t)rate;
  fleet = (struct fleet){.filters = filters, .hear = ignore, .acknowledged = acknowledged};
  fleet_open(&fleet, argc, argv);
  if (fleet.ready < fleet.count) fail("only %ld of %ld devices are ready", fleet.ready, fleet.count);
  measure((uint64_t)option_number(argc, argv, "warm-up", 1000) * 1000000u,
          (uint64_t)option_number(argc, argv, "measure", 2000) * 1000000u, option(argc, argv, "pids", ""));
  fleet_close(&fleet);
  return 0;
}
