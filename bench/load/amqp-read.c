#include "amqp.h"

#include <string.h>

static uint32_t read_uint32(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool amqp_next(const unsigned char *in, size_t length, struct amqp_frame *frame) {
  if (length < 8) return false;
  bool header = memcmp(in, "AMQP", 4) == 0;
  *frame = (struct amqp_frame){.size = header ? 8 : read_uint32(in)};
  if (length < frame->size) return false;
  frame->end = in + frame->size;
  if (header || frame->size < 12) return true;
  const unsigned char *body = in + in[4] * 4u;
  if (body[0] != 0 || body[1] != 0x53) return true;
  frame->code = body[2];
  switch (body[3]) {
    case 0xc0:
      frame->count = body[5];
      frame->fields = body + 6;
      frame->length = body[4] - 1u;
      break;
    case 0xd0:
      frame->count = read_uint32(body + 8);
      frame->fields = body + 12;
      frame->length = read_uint32(body + 4) - 4;
  }
  return true;
}

/* Bytes of a value, its code included; described values are not among the fields that are looked at. */
static size_t value_size(const unsigned char *at) {
  static const size_t fixed[] = {1, 2, 3, 5, 9, 17};
  unsigned high = at[0] >> 4;
  if (high >= 4 && high <= 9) return fixed[high - 4];
  return high % 2 == 0 ? 2u + at[1] : 5u + read_uint32(at + 1);
}

/* The number in its name, which amqp_attach has chosen. */
uint32_t amqp_own_handle(const struct amqp_frame *attach) {
  const unsigned char *name = attach->fields + (attach->fields[0] == 0xa1 ? 2 : 5);
  return name[sizeof "link-" - 1] - (uint32_t)'0';
}

uint32_t amqp_field(const struct amqp_frame *frame, size_t index, uint32_t otherwise) {
  if (index >= frame->count) return otherwise;
  const unsigned char *at = frame->fields;
  for (size_t i = 0; i < index; i++) at += value_size(at);
  switch (at[0]) {
    case 0x41:
      return 1;
    case 0x42:
    case 0x43:
      return 0;
    case 0x52:
    case 0x56:
      return at[1];
    case 0x70:
      return read_uint32(at + 1);
    default:
      return otherwise;
  }
}
