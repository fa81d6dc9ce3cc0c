import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import type { EventStream } from '../event-stream/event-stream.ts';
import { type PartitionName, partitionKey, splitPartitionKey } from '../event-stream/stream-event.ts';
import type { HubBus } from '../events.ts';
import { batchBytes, batchEvents, firstBatch } from './batches.ts';
import type { Batch, Egress, Outcome, OuterEndpoint } from './egress.ts';
import { EndpointHealths } from './endpoint-health.ts';
import { type OutboxProgress, OutboxProgresses } from './outbox-progress.ts';
import { isGivenUp, PAUSE_MS, retryDelay } from './retry.ts';
import { hubNameIn, type Router } from './router.ts';

/** The kind of its timers. */
export const OUTBOX = 'outbox';

/**
 * Room: what is on its way to endpoints outside of the hub. Messages wait in partitions of the event stream, which bounds
 * them, and leave it when the endpoint has taken them; each partition sends one batch at a time.
 */
export class Outbox {
  readonly health: EndpointHealths;
  readonly #router: Router;
  readonly #stream: EventStream;
  readonly #scheduler: Scheduler;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #hubName: string;
  readonly #egress: Egress;
  readonly #progress: OutboxProgresses;
  /** How to stop what is being sent, by partition. */
  readonly #running = new Map<string, Sent & { stop(): void }>();

  constructor(
    parts: {
      router: Router;
      stream: EventStream;
      scheduler: Scheduler;
      events: HubBus;
      clock: Clock;
      hostName: string;
    },
    egress: Egress,
  ) {
    this.#router = parts.router;
    this.#stream = parts.stream;
    this.#scheduler = parts.scheduler;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#hubName = hubNameIn(parts.hostName);
    this.#egress = egress;
    this.#progress = new OutboxProgresses(parts.stream);
    this.health = new EndpointHealths(parts.clock);
    this.#stream.onAppend((name) => {
      const endpoint = this.#router.outerEndpoint(name.eventHub);
      if (endpoint !== undefined) this.#plan(endpoint, name);
    });
    this.#router.onReplace(() => this.#startAgain());
    this.#scheduler.on(OUTBOX, (key) => this.#send(splitPartitionKey(key)));
  }

  get spaces() {
    return [this.#progress.space, this.health.space];
  }

  /** True while an endpoint has been sent something that it has not taken yet. */
  get isSending(): boolean {
    return this.#running.size > 0;
  }

  /** Messages that wait for an endpoint. */
  waiting(endpoint: string): number {
    return this.#partitionsOf(endpoint).reduce((sum, name) => sum + this.#progress.waiting(name), 0);
  }

  /** What was being sent of a partition has arrived, or has not. */
  ended(partition: string, outcome: Outcome): void {
    const sent = this.#running.get(partition);
    if (sent === undefined) return;
    this.#running.delete(partition);
    this.#take(outcome, sent);
  }

  /** Goes on with what was loaded or restored. */
  resume(): void {
    this.#stop();
    this.#planAll();
  }

  /** What is being sent does not end. */
  #stop(): void {
    for (const { stop } of this.#running.values()) stop();
    this.#running.clear();
  }

  /** Endpoints have changed: those that are gone are forgotten, the others are tried at once. */
  #startAgain(): void {
    this.#stop();
    for (const { kind, key } of this.#scheduler.entries()) if (kind === OUTBOX) this.#scheduler.remove(kind, key);
    this.#progress.startAgain((endpoint) => this.#router.outerEndpoint(endpoint) !== undefined);
    this.health.clear();
    this.#planAll();
  }

  #planAll(): void {
    for (const endpoint of this.#router.outerEndpoints)
      for (const name of this.#partitionsOf(endpoint.name)) this.#plan(endpoint, name);
  }

  /** Sends what is complete; what is not waits for its time. */
  #plan(endpoint: OuterEndpoint, name: PartitionName): void {
    const key = partitionKey(name);
    const { next, failures } = this.#progress.of(name);
    const waits = this.#scheduler.find(OUTBOX, key) !== undefined;
    if (this.#running.has(key) || (waits && (failures > 0 || endpoint.kind === 'webhook'))) return;
    const [first] = this.#stream.read(name, next, 1);
    if (first === undefined) return;
    const bytes = this.#stream.end(name).nextOffset - first.offset;
    if (endpoint.kind === 'webhook' || bytes >= batchBytes(endpoint)) this.#send(name);
    else if (!waits)
      this.#scheduler.put({
        at: first.enqueuedAt + endpoint.batchFrequencyInSeconds * 1000,
        kind: OUTBOX,
        key,
      });
  }

  #send(name: PartitionName): void {
    const key = partitionKey(name);
    const endpoint = this.#router.outerEndpoint(name.eventHub);
    if (endpoint === undefined || this.#running.has(key)) return;
    const { next, failures } = this.#withoutLost(name);
    const events = firstBatch(endpoint, this.#stream.read(name, next, batchEvents(endpoint)));
    if (events.length === 0) return;
    // from now on, what the partition has no room for counts as given up
    if (!this.#progress.has(name)) this.#progress.set(name, { next, failures });
    this.#scheduler.remove(OUTBOX, key);
    const { partition } = name;
    const batch: Batch = {
      ...{ hubName: this.#hubName, partition, events },
      ...{ at: this.#clock.now(), attempt: failures + 1 },
    };
    let isMine = true;
    const stop = this.#egress.send(endpoint, batch, (outcome) => isMine && this.ended(key, outcome));
    this.#running.set(key, {
      ...{ endpoint, name, batch },
      stop: () => {
        isMine = false;
        stop();
      },
    });
  }

  /** The partition had no room for all events until the endpoint took them. */
  #withoutLost(name: PartitionName): OutboxProgress {
    const progress = this.#progress.of(name);
    const lost = this.#stream.begin(name) - progress.next;
    if (lost <= 0) return progress;
    this.#drop(name, lost, 'too many waited for the endpoint, or for too long');
    return this.#progress.set(name, { ...progress, next: progress.next + lost });
  }

  #take(outcome: Outcome, { endpoint, name, batch }: Sent): void {
    if ('whenDone' in outcome) this.#wait(outcome, { name, batch });
    else if ('problem' in outcome) this.#fail(outcome, { endpoint, name, batch });
    else {
      this.#pass(name, batch, 0);
      this.health.delivered(name.eventHub, batch.events.length);
      this.#events.publish({ type: 'endpoint.delivered', ...about(name, batch), ...outcome });
    }
    this.#plan(endpoint, name);
  }

  /** Tries again when what was to do is done, and from time to time. */
  #wait({ problem, whenDone }: Wait, { name, batch }: Pick<Sent, 'name' | 'batch'>): void {
    this.health.failed(name.eventHub, problem, 'unhealthy');
    this.#events.publish({ type: 'endpoint.failed', ...about(name, batch), problem });
    this.#scheduler.put({ at: this.#clock.now() + PAUSE_MS, kind: OUTBOX, key: partitionKey(name) });
    whenDone(() => this.#send(name));
  }

  #fail({ problem, isFinal = false }: Failure, { endpoint, name, batch }: Sent): void {
    const { attempt, at, events } = batch;
    const now = this.#clock.now();
    const ageMs = now - (events[0]?.enqueuedAt ?? at);
    const isDead = !isFinal && isGivenUp(endpoint, { attempt, ageMs });
    this.health.failed(name.eventHub, problem, isDead ? 'dead' : 'unhealthy');
    this.#events.publish({ type: 'endpoint.failed', ...about(name, batch), problem });
    if (isDead || isFinal) {
      this.#drop(name, events.length, problem);
      this.#pass(name, { events }, isDead ? attempt : 0);
    } else this.#progress.set(name, { next: this.#progress.of(name).next, failures: attempt });
    if (isFinal) return;
    const delay = isDead ? PAUSE_MS : retryDelay(attempt);
    this.#scheduler.put({ at: now + delay, kind: OUTBOX, key: partitionKey(name) });
  }

  /** The batch is done with. */
  #pass(name: PartitionName, { events }: Pick<Batch, 'events'>, failures: number): void {
    const last = events.at(-1);
    if (last === undefined) return;
    const next = last.sequenceNumber + 1;
    this.#progress.set(name, { next, failures });
    this.#stream.discard(name, next);
  }

  #drop({ eventHub, partition }: PartitionName, messages: number, problem: string): void {
    this.health.dropped(eventHub, messages);
    this.#events.publish({ type: 'endpoint.dropped', endpoint: eventHub, partition, messages, problem });
  }

  #partitionsOf(eventHub: string): PartitionName[] {
    return Array.from({ length: this.#stream.partitions }, (_, partition) => ({ eventHub, partition }));
  }
}

const about = ({ eventHub, partition }: PartitionName, { attempt, events }: Batch) => ({
  endpoint: eventHub,
  partition,
  messages: events.length,
  attempt,
});

type Wait = Extract<Outcome, { readonly whenDone: unknown }>;
type Failure = Exclude<Extract<Outcome, { readonly problem: string }>, Wait>;

interface Sent {
  readonly endpoint: OuterEndpoint;
  readonly name: PartitionName;
  readonly batch: Batch;
}
