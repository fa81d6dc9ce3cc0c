/*
 * Devices that report a property and wait for the answer, one request outstanding per device; or that just connect.
 *
 * devices --port N --fleet FILE --count N [--burst N] [--tls 1] [--hold 1] [--warm-up MS] [--measure MS] [--pids A,B]
 *
 * FILE holds a line per device: client id, user name, password, topic prefix, separated by tabs.
 * Prints one JSON object once all are connected and, unless told to hold, one of what was measured.
 * With --hold it waits for the end of its input and then tells how many connections are left.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "measure.h"
#include "mqtt.h"
#include "wire.h"

struct device {
  struct wire wire; /* first: epoll gives its address */
  struct credentials credentials;
  const char *prefix;
  enum { OFF, DIALLING, ACCEPTED, READY } state;
  unsigned long request;
  uint64_t sent_at;
};

static const uint64_t PATIENCE = 60ull * 1000000000u;

static struct device *devices;
static long count, dialled, accepted, ready, lost, outstanding;
static int epoll;
static struct histogram latencies;
static bool measuring, running;
static unsigned long wrong;

static char *read_file(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) fail("cannot open %s", path);
  fseek(file, 0, SEEK_END);
  long length = ftell(file);
  rewind(file);
  char *text = malloc((size_t)length + 1);
  if (text == NULL || fread(text, 1, (size_t)length, file) != (size_t)length) fail("cannot read %s", path);
  text[length] = 0;
  fclose(file);
  return text;
}

static void read_fleet(char *text) {
  devices = calloc((size_t)count, sizeof *devices);
  char *rest = text;
  for (long i = 0; i < count; i++) {
    char *line = strsep(&rest, "\n");
    if (line == NULL || *line == 0) fail("the fleet has %ld devices only", i);
    struct device *d = &devices[i];
    d->credentials.client = strsep(&line, "\t");
    d->credentials.user = strsep(&line, "\t");
    d->credentials.password = strsep(&line, "\t");
    d->prefix = line;
    if (d->prefix == NULL) fail("line %ld of the fleet is not complete", i + 1);
  }
}

/* How far connections that were lost had come: no TCP, no TLS, no CONNACK, up. */
static long lost_at[4];

static void drop(struct device *device) {
  int state = device->wire.state;
  lost_at[device->state != DIALLING ? 3 : state == WIRE_OPEN ? 2 : state == WIRE_SHAKING ? 1 : 0]++;
  wire_close(&device->wire);
  device->state = OFF;
  lost++;
}

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

/* The answer to the outstanding request carries its number; anything else is not what a hub says. */
static void hear(struct device *device, struct packet packet) {
  char wanted[256];
  int length = snprintf(wanted, sizeof wanted, "%stwin/res/204/?$rid=%lu&", device->prefix, device->request);
  if (packet.length < (size_t)length + 2 || memcmp(packet.body + 2, wanted, (size_t)length) != 0) wrong++;
  if (measuring) histogram_add(&latencies, now_ns() - device->sent_at);
  outstanding--;
  if (running) report(device);
}

static void handle(struct device *device, struct packet packet) {
  int type = packet.first >> 4;
  if (type == 2 && device->state == DIALLING) {
    if (packet.length != 2 || packet.body[1] != 0) fail("CONNACK %d", packet.length == 2 ? packet.body[1] : -1);
    device->state = ACCEPTED;
    accepted++;
    char filter[128];
    snprintf(filter, sizeof filter, "%stwin/res/#", device->prefix);
    mqtt_subscribe(&device->wire, filter);
  } else if (type == 9 && device->state == ACCEPTED) {
    device->state = READY;
    ready++;
  } else if (type == 3) {
    hear(device, packet);
  }
}

static void turn(struct device *device) {
  if (device->state == OFF) return;
  if (!wire_turn(&device->wire, epoll)) return drop(device);
  size_t taken = 0;
  struct packet packet;
  while (mqtt_next(device->wire.in + taken, device->wire.in_length - taken, &packet)) {
    handle(device, packet);
    taken += packet.size;
  }
  if (taken > 0) wire_took(&device->wire, taken);
  if (!wire_flush(&device->wire, epoll)) drop(device);
}

static void turn_all(int wait_ms) {
  struct epoll_event events[512];
  int found = epoll_wait(epoll, events, 512, wait_ms);
  for (int i = 0; i < found; i++) turn(events[i].data.ptr);
}

static void dial(int port, SSL_CTX *context) {
  struct device *device = &devices[dialled++];
  device->state = DIALLING;
  wire_dial(&device->wire, epoll, port, context);
  if (device->wire.state == WIRE_CLOSED) return drop(device);
  mqtt_connect(&device->wire, device->credentials);
}

static void connect_all(int port, SSL_CTX *context, long burst) {
  uint64_t start = now_ns(), last = start;
  while (accepted + lost < count) {
    while (dialled < count && dialled - accepted - lost < burst) dial(port, context);
    long before = accepted;
    turn_all(100);
    if (accepted > before) last = now_ns();
    if (now_ns() - start > PATIENCE) break;
  }
  while (ready + lost < accepted + lost && now_ns() - start < PATIENCE) turn_all(100);
  printf("{\"up\":%ld,\"ready\":%ld,\"lost\":%ld,\"seconds\":%.6f}\n", accepted, ready, count - accepted,
         (double)(last - start) / 1e9);
  if (lost > 0)
    fprintf(stderr, "lost %ld without TCP, %ld without TLS, %ld without CONNACK, %ld that were up\n", lost_at[0],
            lost_at[1], lost_at[2], lost_at[3]);
  fflush(stdout);
}

static void turn_until(uint64_t deadline) {
  while (now_ns() < deadline) turn_all(10);
}

static void measure(uint64_t warm_up, uint64_t length, const char *pids) {
  running = true;
  for (long i = 0; i < count; i++) {
    report(&devices[i]);
    if (!wire_flush(&devices[i].wire, epoll)) drop(&devices[i]);
  }
  turn_until(now_ns() + warm_up);
  uint64_t cpu = cpu_us(pids), start = now_ns();
  measuring = true;
  turn_until(start + length);
  measuring = running = false;
  double seconds = (double)(now_ns() - start) / 1e9;
  cpu = cpu_us(pids) - cpu;
  /* an answer that nobody waits for must not meet the next run */
  for (uint64_t end = now_ns() + 2000000000u; outstanding > 0 && now_ns() < end;) turn_all(10);
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"p50\":%.1f,\"p99\":%.1f,\"cpu\":%lu,\"wrong\":%lu,\"lost\":%ld}\n",
         latencies.count, seconds, histogram_us(&latencies, 0.5), histogram_us(&latencies, 0.99), cpu, wrong, lost);
}

static void hold(void) {
  char byte;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  for (;;) {
    struct epoll_event events[512];
    int found = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < found; i++) {
      if (events[i].data.ptr != NULL) turn(events[i].data.ptr);
      else if (read(STDIN_FILENO, &byte, 1) <= 0) {
        long left = 0;
        for (long d = 0; d < count; d++) left += devices[d].state == READY;
        printf("{\"left\":%ld}\n", left);
        return;
      }
    }
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  count = option_number(argc, argv, "count", 1);
  read_fleet(read_file(option(argc, argv, "fleet", NULL)));
  epoll = epoll_create1(0);
  SSL_CTX *context = option_number(argc, argv, "tls", 1) ? wire_context() : NULL;
  connect_all((int)option_number(argc, argv, "port", 8883), context, option_number(argc, argv, "burst", 200));
  if (option_number(argc, argv, "hold", 0)) hold();
  else if (ready < count) fail("only %ld of %ld devices are ready", ready, count);
  else
    measure((uint64_t)option_number(argc, argv, "warm-up", 1000) * 1000000u,
            (uint64_t)option_number(argc, argv, "measure", 2000) * 1000000u, option(argc, argv, "pids", ""));
  for (long i = 0; i < count; i++)
    if (devices[i].state != OFF) wire_close(&devices[i].wire);
  return 0;
}
