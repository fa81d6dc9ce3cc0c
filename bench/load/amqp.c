#include "amqp.h"

#include <stdio.h>
#include <string.h>

struct bytes {
  unsigned char at[1024];
  size_t length;
  /* Of the list that is being written. */
  uint32_t count;
};

static void put(struct bytes *b, const void *bytes, size_t length) {
  memcpy(b->at + b->length, bytes, length);
  b->length += length;
}

static void put_byte(struct bytes *b, unsigned value) { b->at[b->length++] = (unsigned char)value; }

static void put_uint32(struct bytes *b, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) put_byte(b, value >> shift & 255);
}

static void set_uint32(struct bytes *b, size_t at, uint32_t value) {
  size_t length = b->length;
  b->length = at;
  put_uint32(b, value);
  b->length = length;
}

static void field_null(struct bytes *b) { put_byte(b, 0x40), b->count++; }
static void field_bool(struct bytes *b, bool value) { put_byte(b, value ? 0x41 : 0x42), b->count++; }
static void field_uint(struct bytes *b, uint32_t value) { put_byte(b, 0x70), put_uint32(b, value), b->count++; }

static void field_text(struct bytes *b, unsigned code, const void *text, size_t length) {
  put_byte(b, code);
  put_byte(b, (unsigned)length);
  put(b, text, length);
  b->count++;
}

static void field_string(struct bytes *b, const char *text) { field_text(b, 0xa1, text, strlen(text)); }

/* A described list or map; list_end wants what it returns. */
static size_t list_begin(struct bytes *b, unsigned descriptor, unsigned code) {
  const unsigned char head[] = {0x00, 0x53, (unsigned char)descriptor, (unsigned char)code};
  put(b, head, sizeof head);
  size_t mark = b->length;
  put_uint32(b, 0);
  put_uint32(b, 0);
  b->count = 0;
  return mark;
}

static void list_end(struct bytes *b, size_t mark) {
  set_uint32(b, mark, (uint32_t)(b->length - mark - 4));
  set_uint32(b, mark + 4, b->count);
}

/* A list in a list: `outer` is how many fields that had before it. */
static size_t inner_begin(struct bytes *b, unsigned descriptor, uint32_t *outer) {
  *outer = b->count;
  return list_begin(b, descriptor, 0xd0);
}

static void inner_end(struct bytes *b, size_t mark, uint32_t outer) {
  list_end(b, mark);
  b->count = outer + 1;
}

static void frame_begin(struct bytes *b, unsigned descriptor, size_t *mark) {
  static const unsigned char header[] = {0, 0, 0, 0, 2, 0, 0, 0};
  b->length = 0;
  put(b, header, sizeof header);
  *mark = list_begin(b, descriptor, 0xd0);
}

static void frame_end(struct bytes *b, size_t mark, struct wire *wire, const void *payload, size_t length) {
  list_end(b, mark);
  set_uint32(b, 0, (uint32_t)(b->length + length));
  wire_put(wire, b->at, b->length);
  wire_put(wire, payload, length);
}

void amqp_hello(struct wire *wire) {
  struct bytes b;
  size_t mark;
  wire_put(wire, "AMQP\0\1\0\0", 8);
  frame_begin(&b, AMQP_OPEN, &mark);
  field_string(&b, "bench");
  field_string(&b, "localhost");
  frame_end(&b, mark, wire, "", 0);
  frame_begin(&b, AMQP_BEGIN, &mark);
  field_null(&b);
  field_uint(&b, 0);
  field_uint(&b, 1000000);
  field_uint(&b, 1000000);
  frame_end(&b, mark, wire, "", 0);
}

static void terminus(struct bytes *b, unsigned descriptor, const char *address) {
  uint32_t outer;
  size_t mark = inner_begin(b, descriptor, &outer);
  field_string(b, address);
  inner_end(b, mark, outer);
}

void amqp_attach(struct wire *wire, uint32_t handle, bool receiver, const char *address) {
  struct bytes b;
  size_t mark;
  char name[32];
  snprintf(name, sizeof name, "link-%u", handle);
  frame_begin(&b, AMQP_ATTACH, &mark);
  field_string(&b, name);
  field_uint(&b, handle);
  field_bool(&b, receiver);
  field_null(&b); /* sender settle mode */
  field_null(&b); /* receiver settle mode */
  terminus(&b, 0x28, receiver ? address : "");
  terminus(&b, 0x29, receiver ? "" : address);
  if (!receiver) {
    field_null(&b); /* unsettled */
    field_null(&b); /* incomplete unsettled */
    field_uint(&b, 0);
  }
  frame_end(&b, mark, wire, "", 0);
}

void amqp_credit(struct wire *wire, uint32_t handle, uint32_t delivery_count, uint32_t credit, uint32_t next_incoming_id) {
  struct bytes b;
  size_t mark;
  frame_begin(&b, AMQP_FLOW, &mark);
  field_uint(&b, next_incoming_id);
  field_uint(&b, 1000000);
  field_uint(&b, 0);
  field_uint(&b, 1000000);
  field_uint(&b, handle);
  field_uint(&b, delivery_count);
  field_uint(&b, credit);
  frame_end(&b, mark, wire, "", 0);
}

void amqp_transfer(struct wire *wire, uint32_t handle, uint32_t id, const void *message, size_t length) {
  struct bytes b;
  size_t mark;
  unsigned char tag[4] = {(unsigned char)(id >> 24), (unsigned char)(id >> 16), (unsigned char)(id >> 8), (unsigned char)id};
  frame_begin(&b, AMQP_TRANSFER, &mark);
  field_uint(&b, handle);
  field_uint(&b, id);
  field_text(&b, 0xa0, tag, sizeof tag);
  field_uint(&b, 0);
  field_bool(&b, false);
  frame_end(&b, mark, wire, message, length);
}

void amqp_accept(struct wire *wire, uint32_t first, uint32_t last) {
  struct bytes b;
  size_t mark;
  uint32_t outer;
  frame_begin(&b, AMQP_DISPOSITION, &mark);
  field_bool(&b, true);
  field_uint(&b, first);
  field_uint(&b, last);
  field_bool(&b, true);
  size_t state = inner_begin(&b, 0x24, &outer);
  inner_end(&b, state, outer);
  frame_end(&b, mark, wire, "", 0);
}

size_t amqp_telemetry(unsigned char *out, unsigned long number) {
  struct bytes b = {.length = 0};
  char body[256];
  int length = snprintf(body, sizeof body, "{\"temperature\":%05.2f,\"humidity\":40,\"pad\":\"%0160d\"}",
                        20.0 + (double)(number % 1000) / 100.0, 0);
  size_t mark = list_begin(&b, 0x73, 0xd0);
  field_string(&b, "6f9d5e0e-5c1f-4a53-9d3a-3f8f6f0c1a2b");
  field_null(&b);
  field_string(&b, "/devices/d1/messages/events");
  field_null(&b);
  field_null(&b);
  field_null(&b);
  field_text(&b, 0xa3, "application/json", 16);
  field_text(&b, 0xa3, "utf-8", 5);
  list_end(&b, mark);
  mark = list_begin(&b, 0x74, 0xd1);
  field_string(&b, "level");
  field_string(&b, "high");
  list_end(&b, mark);
  const unsigned char data[] = {0x00, 0x53, 0x75};
  put(&b, data, sizeof data);
  field_text(&b, 0xa0, body, (size_t)length);
  memcpy(out, b.at, b.length);
  return b.length;
}

size_t amqp_token(unsigned char *out, const char *token) {
  struct bytes b = {.length = 0};
  static const char *const fields[] = {"operation", "put-token", "type", "servicebus.windows.net:sastoken", "name",
                                       "localhost/devices/d1"};
  size_t mark = list_begin(&b, 0x73, 0xd0);
  field_string(&b, "1");
  field_null(&b);
  field_string(&b, "$cbs");
  field_null(&b);
  field_string(&b, "cbs");
  list_end(&b, mark);
  mark = list_begin(&b, 0x74, 0xd1);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) field_string(&b, fields[i]);
  list_end(&b, mark);
  const unsigned char value[] = {0x00, 0x53, 0x77};
  put(&b, value, sizeof value);
  field_string(&b, token);
  memcpy(out, b.at, b.length);
  return b.length;
}
