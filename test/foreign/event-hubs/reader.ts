import {
  type EventHubConsumerClient,
  earliestEventPosition,
  type LastEnqueuedEventProperties,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';

/** The events that a client receives, and what to wait for. */
export const read = (
  client: EventHubConsumerClient,
  options: SubscribeOptions = { startPosition: earliestEventPosition },
) => {
  const events: ReceivedEventData[] = [];
  const errors: Error[] = [];
  const partitions = new Set<string>();
  let last: LastEnqueuedEventProperties | undefined;
  let look = (): void => {};
  const subscription = client.subscribe(
    {
      processInitialize: async () => look(),
      processEvents: async (received, { partitionId, lastEnqueuedEventProperties }) => {
        for (const event of received) {
          events.push(event);
          partitions.add(partitionId);
        }
        last = lastEnqueuedEventProperties ?? last;
        look();
      },
      processError: async (error) => {
        errors.push(error);
        look();
      },
    },
    { maxWaitTimeInSeconds: 0.2, ...options },
  );
  const until = (isDone: () => boolean): Promise<void> =>
    new Promise((done) => {
      look = () => isDone() && done();
      look();
    });
  return {
    events,
    errors,
    partitions,
    bodies: () => events.map(({ body }) => String(body)),
    received: (count: number) => until(() => events.length >= count || errors.length > 0),
    failed: () => until(() => errors.length > 0),
    close: async () => {
      await subscription.close();
      await client.close();
    },
    /** How far the partition has come, if the reader asks for that. */
    last: () => last,
  };
};
