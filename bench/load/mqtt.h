/* The MQTT 3.1.1 packets that a device needs. */
#ifndef MQTT_H
#define MQTT_H

#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

struct packet {
  unsigned char first;
  const unsigned char *body;
  size_t length;
  /* Bytes of the whole packet, header included. */
  size_t size;
};

/* True if `in` starts with a whole packet, which is returned in `packet`. */
bool mqtt_next(const unsigned char *in, size_t length, struct packet *packet);

struct credentials {
  const char *client, *user, *password;
};
void mqtt_connect(struct wire *wire, struct credentials credentials);
void mqtt_subscribe(struct wire *wire, const char *filter);
/* QoS 0. */
void mqtt_publish(struct wire *wire, const char *topic, size_t topic_length, const char *body, size_t body_length);
/* QoS 1. */
void mqtt_publish_once(struct wire *wire, unsigned id, const char *topic, const char *body);

#endif
