/* The few AMQP 1.0 frames that a device or a reader needs, on one session of channel 0. */
#ifndef AMQP_H
#define AMQP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/* Descriptors, OASIS AMQP 1.0 part 2, transport, section 2.7. */
enum { AMQP_OPEN = 0x10, AMQP_BEGIN, AMQP_ATTACH, AMQP_FLOW, AMQP_TRANSFER, AMQP_DISPOSITION, AMQP_DETACH, AMQP_END, AMQP_CLOSE };

struct amqp_frame {
  /* Descriptor, or 0 for a protocol header or a heartbeat. */
  unsigned code;
  /* The fields, one after the other, and how many there are. */
  const unsigned char *fields;
  size_t count, length;
  /* Bytes of the whole frame. */
  size_t size;
  /* Where it ends; the payload of a transfer is between its fields and this. */
  const unsigned char *end;
};

/* True if `in` starts with a whole frame or protocol header, which then is in `frame`. */
bool amqp_next(const unsigned char *in, size_t length, struct amqp_frame *frame);

/* The number (or truth) of a field; `otherwise` if it is null or not there. */
uint32_t amqp_field(const struct amqp_frame *frame, size_t index, uint32_t otherwise);

/* The handle that this end has given to the link of an attach; the other end may give it another. */
uint32_t amqp_own_handle(const struct amqp_frame *attach);

/* Protocol header, open and begin. */
void amqp_hello(struct wire *wire);
/* `receiver`: whether this end receives. */
void amqp_attach(struct wire *wire, uint32_t handle, bool receiver, const char *address);
void amqp_credit(struct wire *wire, uint32_t handle, uint32_t delivery_count, uint32_t credit, uint32_t next_incoming_id);
void amqp_transfer(struct wire *wire, uint32_t handle, uint32_t id, const void *message, size_t length);
/* Accepts and settles what was received. */
void amqp_accept(struct wire *wire, uint32_t first, uint32_t last);

/* A message of telemetry, and one that puts a token. Return their length; `out` has room for 1024 bytes. */
size_t amqp_telemetry(unsigned char *out, unsigned long number);
size_t amqp_token(unsigned char *out, const char *token);

#endif
