/* The devices of a file, each with its own connection. */
#ifndef FLEET_H
#define FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "mqtt.h"
#include "wire.h"

struct device {
  struct wire wire; /* first: epoll gives its address */
  struct credentials credentials;
  /* The prefix of its topics. */
  const char *prefix;
  enum { OFF, CONNECTING, ACCEPTED, READY } state;
  unsigned granted;
  unsigned long request;
  uint64_t sent_at;
};

struct fleet {
  struct device *devices;
  long count, begun, accepted, ready, lost;
  int epoll;
  /* The topics that every device subscribes to, without its prefix; ended by NULL. */
  const char *const *filters;
  /* Called with every PUBLISH. */
  void (*hear)(struct device *, struct packet);
  /* Called with every PUBACK; may be NULL. */
  void (*acknowledged)(struct device *);
};

/*
 * Reads `--fleet FILE`, the first `--count N` lines of client id, user name, password and topic prefix, separated by
 * tabs; connects to `--port N`, `--burst N` at once, `--tls 0` without TLS; prints one JSON object when all are ready.
 */
void fleet_open(struct fleet *fleet, int argc, char **argv);

/* Waits at most so many ns for events and handles them. True if there is input on standard input, if it is watched. */
bool fleet_turn(struct fleet *fleet, uint64_t wait_ns);
void fleet_watch_input(struct fleet *fleet);

/* Sends what was written to the connection of a device. */
void fleet_flush(struct fleet *fleet, struct device *device);

void fleet_close(struct fleet *fleet);

#endif
