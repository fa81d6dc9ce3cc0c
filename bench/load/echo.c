/*
 * The fastest possible hub on a plain broker: subscribes to the requests of all devices and answers each.
 *
 * echo --port N     prints {"ready":true} once subscribed; runs until killed
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "measure.h"
#include "mqtt.h"
#include "wire.h"

static unsigned long version = 1;

/* {prefix}twin/PATCH/properties/reported/?$rid=N  ->  {prefix}twin/res/204/?$rid=N&$version=V */
static void answer(struct wire *wire, struct packet packet) {
  static const char request[] = "twin/PATCH/properties/reported/";
  size_t length = (size_t)packet.body[0] << 8 | packet.body[1];
  const char *topic = (const char *)packet.body + 2;
  const char *at = memmem(topic, length, request, sizeof request - 1);
  if (at == NULL) fail("not a request: %.*s", (int)length, topic);
  const char *query = at + sizeof request - 1;
  char reply[512];
  int used = snprintf(reply, sizeof reply, "%.*stwin/res/204/%.*s&$version=%lu", (int)(at - topic), topic,
                      (int)(topic + length - query), query, ++version);
  mqtt_publish(wire, reply, (size_t)used, "", 0);
}

static void handle(struct wire *wire, struct packet packet) {
  switch (packet.first >> 4) {
    case 2:
      mqtt_subscribe(wire, "devices/+/twin/PATCH/properties/reported/#");
      break;
    case 9:
      puts("{\"ready\":true}");
      fflush(stdout);
      break;
    case 3:
      answer(wire, packet);
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  int epoll = epoll_create1(0);
  struct wire wire;
  wire_dial(&wire, epoll, (int)option_number(argc, argv, "port", 1883), NULL);
  mqtt_connect(&wire, (struct credentials){"echo", "echo", "echo"});
  for (;;) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, -1) < 1) continue;
    if (!wire_turn(&wire, epoll)) return 1; /* the broker does not listen yet, or has ended */
    size_t taken = 0;
    struct packet packet;
    while (mqtt_next(wire.in + taken, wire.in_length - taken, &packet)) {
      handle(&wire, packet);
      taken += packet.size;
    }
    if (taken > 0) wire_took(&wire, taken);
    if (!wire_flush(&wire, epoll)) return 1;
  }
}
