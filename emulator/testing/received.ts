import { type IdentityKey, keyOf, nameOf } from '../../protocol/identity-key.ts';
import type { Message } from '../../protocol/message.ts';
import { PartitionReader } from '../hub/event-stream/partition-reader.ts';
import type { StreamEvent } from '../hub/event-stream/stream-event.ts';
import type { Hub } from '../hub/hub.ts';

/** How many events are taken at a time. */
const BATCH = 100;

/** The messages and events about an identity in an event hub, from the oldest on; goes on with each new one. */
export async function* receivedFrom(hub: Hub, key: IdentityKey, eventHub: string): AsyncGenerator<Message, never> {
  const name = { eventHub, partition: hub.stream.partitionOf(nameOf(key).deviceId) };
  const reader = new PartitionReader(hub.stream, name, { from: 'earliest' });
  let wake = (): void => {};
  const stop = reader.follow(() => wake());
  try {
    for (;;) {
      const events = reader.take(BATCH);
      for (const event of events) if (isAbout(event, key)) yield event.message;
      if (events.length === 0)
        await new Promise<void>((done) => {
          wake = done;
        });
    }
  } finally {
    stop();
  }
}

const isAbout = ({ message: { system } }: StreamEvent, key: IdentityKey): boolean =>
  keyOf({ deviceId: system.connectionDeviceId ?? '', moduleId: system.connectionModuleId }) === key;
