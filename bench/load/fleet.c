#include "fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

static const uint64_t TIMEOUT = 60ull * 1000000000u;
static const uint64_t LONG = 100000000u;

/* The stage at which connections were lost: before TCP, TLS, CONNACK, or after. */
static long lost_at[4];

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

static void read_fleet(struct fleet *fleet, char *text) {
  fleet->devices = calloc((size_t)fleet->count, sizeof *fleet->devices);
  char *rest = text;
  for (long i = 0; i < fleet->count; i++) {
    char *line = strsep(&rest, "\n");
    if (line == NULL || *line == 0) fail("the fleet has %ld devices only", i);
    struct device *d = &fleet->devices[i];
    d->credentials.client = strsep(&line, "\t");
    d->credentials.user = strsep(&line, "\t");
    d->credentials.password = strsep(&line, "\t");
    d->prefix = line;
    if (d->prefix == NULL) fail("line %ld of the fleet is not complete", i + 1);
  }
}

static void drop(struct fleet *fleet, struct device *device) {
  int state = device->wire.state;
  lost_at[device->state != CONNECTING ? 3 : state == WIRE_OPEN ? 2 : state == WIRE_SHAKING ? 1 : 0]++;
  wire_close(&device->wire);
  device->state = OFF;
  fleet->lost++;
}

static void subscribe(struct fleet *fleet, struct device *device) {
  char filter[128];
  for (const char *const *name = fleet->filters; *name != NULL; name++) {
    snprintf(filter, sizeof filter, "%s%s", device->prefix, *name);
    mqtt_subscribe(&device->wire, filter);
  }
}

static void handle(struct fleet *fleet, struct device *device, struct packet packet) {
  int type = packet.first >> 4;
  if (type == 2 && device->state == CONNECTING) {
    if (packet.length != 2 || packet.body[1] != 0) fail("CONNACK %d", packet.length == 2 ? packet.body[1] : -1);
    device->state = ACCEPTED;
    fleet->accepted++;
    subscribe(fleet, device);
  } else if (type == 9 && device->state == ACCEPTED) {
    if (fleet->filters[++device->granted] != NULL) return;
    device->state = READY;
    fleet->ready++;
  } else if (type == 3) {
    fleet->hear(device, packet);
  } else if (type == 4 && fleet->acknowledged != NULL) {
    fleet->acknowledged(device);
  }
}

static void turn(struct fleet *fleet, struct device *device) {
  if (device->state == OFF) return;
  if (!wire_turn(&device->wire, fleet->epoll)) return drop(fleet, device);
  size_t taken = 0;
  struct packet packet;
  while (mqtt_next(device->wire.in + taken, device->wire.in_length - taken, &packet)) {
    handle(fleet, device, packet);
    taken += packet.size;
  }
  if (taken > 0) wire_took(&device->wire, taken);
  fleet_flush(fleet, device);
}

void fleet_flush(struct fleet *fleet, struct device *device) {
  if (device->state != OFF && !wire_flush(&device->wire, fleet->epoll)) drop(fleet, device);
}

bool fleet_turn(struct fleet *fleet, uint64_t wait_ns) {
  struct epoll_event events[512];
  struct timespec wait = {.tv_sec = (time_t)(wait_ns / 1000000000u), .tv_nsec = (long)(wait_ns % 1000000000u)};
  int found = epoll_pwait2(fleet->epoll, events, 512, &wait, NULL);
  bool input = false;
  for (int i = 0; i < found; i++) {
    if (events[i].data.ptr == NULL) input = true;
    else turn(fleet, events[i].data.ptr);
  }
  return input;
}

void fleet_watch_input(struct fleet *fleet) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(fleet->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) < 0) fail("cannot wait for input");
}

static void dial(struct fleet *fleet, int port, SSL_CTX *context) {
  struct device *device = &fleet->devices[fleet->begun++];
  device->state = CONNECTING;
  wire_dial(&device->wire, fleet->epoll, port, context);
  if (device->wire.state == WIRE_CLOSED) return drop(fleet, device);
  mqtt_connect(&device->wire, device->credentials);
}

static void connect_all(struct fleet *fleet, int port, SSL_CTX *context, long burst) {
  uint64_t start = now_ns(), last = start;
  while (fleet->accepted + fleet->lost < fleet->count) {
    while (fleet->begun < fleet->count && fleet->begun - fleet->accepted - fleet->lost < burst)
      dial(fleet, port, context);
    long before = fleet->accepted;
    fleet_turn(fleet, LONG);
    if (fleet->accepted > before) last = now_ns();
    if (now_ns() - start > TIMEOUT) break;
  }
  while (fleet->ready < fleet->accepted && now_ns() - start < TIMEOUT) fleet_turn(fleet, LONG);
  printf("{\"up\":%ld,\"ready\":%ld,\"lost\":%ld,\"seconds\":%.6f}\n", fleet->accepted, fleet->ready,
         fleet->count - fleet->accepted, (double)(last - start) / 1e9);
  if (fleet->lost > 0)
    fprintf(stderr, "lost %ld without TCP, %ld without TLS, %ld without CONNACK, %ld that were up\n", lost_at[0],
            lost_at[1], lost_at[2], lost_at[3]);
  fflush(stdout);
}

void fleet_open(struct fleet *fleet, int argc, char **argv) {
  fleet->count = option_number(argc, argv, "count", 1);
  read_fleet(fleet, read_file(option(argc, argv, "fleet", NULL)));
  fleet->epoll = epoll_create1(0);
  SSL_CTX *context = option_number(argc, argv, "tls", 1) ? wire_context() : NULL;
  connect_all(fleet, (int)option_number(argc, argv, "port", 8883), context, option_number(argc, argv, "burst", 200));
}

void fleet_close(struct fleet *fleet) {
  for (long i = 0; i < fleet->count; i++)
    if (fleet->devices[i].state != OFF) wire_close(&fleet->devices[i].wire);
}
