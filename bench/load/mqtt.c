#include "mqtt.h"

#include <string.h>

static void put_header(struct wire *wire, unsigned char first, size_t length) {
  unsigned char header[5] = {first};
  size_t used = 1;
  do {
    header[used] = (unsigned char)(length % 128);
    length /= 128;
    if (length > 0) header[used] |= 128;
    used++;
  } while (length > 0);
  wire_put(wire, header, used);
}

static void put_text(struct wire *wire, const char *text, size_t length) {
  unsigned char prefix[2] = {(unsigned char)(length >> 8), (unsigned char)length};
  wire_put(wire, prefix, 2);
  wire_put(wire, text, length);
}

bool mqtt_next(const unsigned char *in, size_t length, struct packet *packet) {
  size_t rest = 0, at = 1;
  for (int shift = 0;; shift += 7, at++) {
    if (at >= length || shift > 21) return false;
    rest |= (size_t)(in[at] & 127) << shift;
    if ((in[at] & 128) == 0) break;
  }
  at++;
  if (length < at + rest) return false;
  *packet = (struct packet){.first = in[0], .body = in + at, .length = rest, .size = at + rest};
  return true;
}

void mqtt_connect(struct wire *wire, struct credentials c) {
  static const unsigned char variable[] = {0, 4, 'M', 'Q', 'T', 'T', 4, 0xc0 /* user, password, clean=0 */, 0, 180};
  size_t client = strlen(c.client), user = strlen(c.user), password = strlen(c.password);
  put_header(wire, 0x10, sizeof variable + 6 + client + user + password);
  wire_put(wire, variable, sizeof variable);
  put_text(wire, c.client, client);
  put_text(wire, c.user, user);
  put_text(wire, c.password, password);
}

void mqtt_subscribe(struct wire *wire, const char *filter) {
  size_t length = strlen(filter);
  put_header(wire, 0x82, 2 + 2 + length + 1);
  wire_put(wire, "\0\1", 2);
  put_text(wire, filter, length);
  wire_put(wire, "\0", 1);
}

void mqtt_publish(struct wire *wire, const char *topic, size_t topic_length, const char *body, size_t body_length) {
  put_header(wire, 0x30, 2 + topic_length + body_length);
  put_text(wire, topic, topic_length);
  wire_put(wire, body, body_length);
}

void mqtt_publish_once(struct wire *wire, unsigned id, const char *topic, const char *body) {
  unsigned char packet_id[2] = {(unsigned char)(id >> 8), (unsigned char)id};
  size_t topic_length = strlen(topic), body_length = strlen(body);
  put_header(wire, 0x32, 2 + topic_length + 2 + body_length);
  put_text(wire, topic, topic_length);
  wire_put(wire, packet_id, 2);
  wire_put(wire, body, body_length);
}
