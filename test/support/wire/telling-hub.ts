import { expect } from 'vitest';
import { ROUTING_SOURCES } from '../../../protocol/routing.ts';
import type { AmqpClient } from './amqp-client.ts';
import { type AmqpHub, openAmqpHub } from './amqp-hub.ts';

export const NOW = '2026-11-23T12:00:00Z';

/** A hub that routes all it can to `events`, with the devices `d1`, which has a model and a module `cam`, and `plain`. */
export const openTellingHub = async (): Promise<AmqpHub> => {
  const world = await openAmqpHub({ partitions: 1 });
  const { hub } = world;
  hub.registry.create({ deviceId: 'd1', moduleId: 'cam' }, {});
  hub.twins.announceModel('d1', 'dtmi:com:example:Thermostat;1');
  hub.registry.create({ deviceId: 'plain' }, {});
  hub.router.replace({
    routes: ROUTING_SOURCES.map((source) => ({ name: source, source, endpointNames: ['events'] })),
  });
  return world;
};

/** An event as a consumer gets it. */
export interface HeardEvent {
  readonly body: unknown;
  readonly properties: unknown;
  readonly annotations: unknown;
  /** Type, encoding, and who has sent it. */
  readonly content: readonly unknown[];
  readonly correlationId: unknown;
}

/** What a consumer of the built-in endpoint gets, up to a last message of a device. */
export const heardBy = async ({ hub, service }: AmqpHub): Promise<HeardEvent[]> => {
  const client = await service();
  hub.telemetry.receive('plain', { body: Buffer.from('"last"'), properties: {}, system: {} });
  const reader = await client.receiver('localhost/ConsumerGroups/$Default/Partitions/0');
  const all: HeardEvent[] = [];
  for (;;) {
    const event = await nextOf(client, reader);
    if (event.body === 'last') return all;
    all.push(event);
  }
};

const nextOf = async (client: AmqpClient, reader: Parameters<AmqpClient['next']>[0]): Promise<HeardEvent> => {
  const { message } = await client.next(reader);
  return {
    body: JSON.parse(message.body.content.toString()),
    properties: message.application_properties,
    annotations: message.message_annotations,
    content: [message.content_type, message.content_encoding, message.user_id?.toString()],
    correlationId: message.correlation_id,
  };
};

/** What differs between events. */
export interface ExpectedEvent {
  readonly of?: readonly [deviceId: string, moduleId?: string];
  readonly source: string;
  readonly schema: string;
  readonly opType: string;
  readonly body: unknown;
  readonly contentType?: string;
}

/**
 * An event with all that it has.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#common-event-properties
 */
export const whole = ({ of, source, schema, opType, body, contentType }: ExpectedEvent): HeardEvent => {
  const [deviceId, moduleId] = of ?? [];
  return {
    body,
    properties: {
      hubName: 'localhost',
      ...(deviceId === undefined ? {} : { deviceId }),
      ...(moduleId === undefined ? {} : { moduleId }),
      operationTimestamp: NOW,
      'iothub-message-schema': schema,
      opType,
    },
    annotations: {
      'x-opt-sequence-number': expect.any(Number),
      'x-opt-offset': expect.stringMatching(/^\d+$/),
      'x-opt-enqueued-time': new Date(NOW),
      ...(deviceId === undefined ? {} : { 'iothub-connection-device-id': deviceId }),
      ...(moduleId === undefined ? {} : { 'iothub-connection-module-id': moduleId }),
      'iothub-enqueuedtime': new Date(NOW),
      'iothub-message-source': source,
    },
    content: [contentType ?? 'application/json', 'utf-8', 'localhost'],
    correlationId: expect.stringMatching(/^[0-9a-f]+$/),
  };
};
