import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { MissedEvents } from '../../../protocol/admin/events.ts';
import type { HubEvent, TrafficEntry } from './types.ts';

/** What arrived since the last paint. */
export interface Arrivals {
  readonly events: readonly HubEvent[];
  readonly traffic: readonly TrafficEntry[];
  readonly leftOut: readonly LeftOut[];
}

/** Events and entries of traffic of one type that came too fast for the page: it knows only how many there were. */
export interface LeftOut {
  /** Of an event, or `traffic`. */
  readonly type: string;
  readonly count: number;
  /** The hub's time of the last one; entries of traffic have none. */
  readonly time: string | undefined;
}

export type StreamState = 'connecting' | 'live' | 'lost';

/** The page's one event stream. */
export interface Stream {
  readonly state: ReadonlySignal<StreamState>;
  /** How many events were lost in gaps; of what was left out, listeners are told. */
  readonly missed: ReadonlySignal<number>;
  /** Called at most once per frame. Returns the way to stop. */
  listen(listener: (arrivals: Arrivals) => void): () => void;
  /**
   * Called when what is shown may be old: after a gap; and with the types of what was left out, once a second while there is more.
   * Returns the way to stop.
   */
  whenMissed(reload: (types?: readonly string[]) => void): () => void;
  close(): void;
}

/** What streams need of an EventSource. */
export interface Source {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface StreamParts {
  readonly open: () => Source;
  /** Calls back before the next paint. */
  readonly schedule: (run: () => void) => void;
  readonly after: (ms: number, run: () => void) => void;
}

/** Between two times that something is asked for again because events were left out. */
const RELOAD_MS = 1000;

/** The server names its events, and EventSource tells only about names that it was asked for. */
const EVENT_TYPES = [
  'identity.created',
  'identity.replaced',
  'identity.deleted',
  'twin.updated',
  'twin.targeted',
  'twin.replaced',
  'twin.reported',
  'twin.model-announced',
  'session.opened',
  'session.closed',
  'session.subscribed',
  'session.unsubscribed',
  'refused',
  'method.called',
  'method.answered',
  'method.failed',
  'fault.injected',
  'fault.added',
  'fault.removed',
  'fault.reset',
  'tier.queued',
  'tier.refused',
  'hub.imported',
  'hub.cleared',
  'hub.restored',
  'store.failed',
  'store.recovered',
  'history.lost',
  'clock.advanced',
  'index.lag-changed',
  'index.released',
  'configuration.created',
  'configuration.replaced',
  'configuration.deleted',
  'job.changed',
  'import-export.changed',
  'telemetry',
  'endpoint.delivered',
  'endpoint.failed',
  'endpoint.dropped',
  'input.sent',
  'c2d.enqueued',
  'c2d.delivered',
  'c2d.completed',
  'c2d.abandoned',
  'c2d.rejected',
  'c2d.released',
  'c2d.expired',
  'c2d.dead-lettered',
  'c2d.purged',
  'feedback.recorded',
  'file.requested',
  'file.uploaded',
  'file.failed',
  'file.missing',
  'file.expired',
  'file-notification.completed',
];

export const createStream = ({ open, schedule, after }: StreamParts): Stream => {
  const state = signal<StreamState>('connecting');
  const missed = signal(0);
  const listeners = new Set<(arrivals: Arrivals) => void>();
  const reloads = new Set<(types?: readonly string[]) => void>();
  const unsaid = new Set<string>();
  let events: HubEvent[] = [];
  let traffic: TrafficEntry[] = [];
  let leftOut: LeftOut[] = [];
  let isScheduled = false;
  /** Whether anything has come: what a hub no longer keeps when the page opens was not missed. */
  let hasBegun = false;

  const deliver = (): void => {
    isScheduled = false;
    const arrivals = { events, traffic, leftOut };
    events = [];
    traffic = [];
    leftOut = [];
    batch(() => {
      for (const listener of listeners) listener(arrivals);
    });
  };
  const later = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    schedule(deliver);
  };
  const lose = (count: number): void => {
    if (hasBegun) missed.value += count;
    hasBegun = true;
    for (const reload of reloads) reload();
  };

  const leaveOut = (types: Readonly<Record<string, number>>, time: string | undefined): void => {
    for (const [type, count] of Object.entries(types)) {
      leftOut.push({ type, count, time });
      if (unsaid.size === 0) after(RELOAD_MS, reloadLeftOut);
      unsaid.add(type);
    }
    later();
  };
  const reloadLeftOut = (): void => {
    const types = [...unsaid];
    unsaid.clear();
    for (const reload of reloads) reload(types);
  };

  const source = open();
  for (const type of EVENT_TYPES)
    source.addEventListener(type, ({ data }) => {
      hasBegun = true;
      events.push(JSON.parse(data));
      later();
    });
  source.addEventListener('traffic', ({ data }) => {
    traffic.push(JSON.parse(data));
    later();
  });
  source.addEventListener('missed', ({ data }) => {
    const { count, types, time }: MissedEvents = JSON.parse(data);
    if (types === undefined) lose(count);
    else leaveOut(types, time);
  });
  source.addEventListener('open', () => {
    const wasLost = state.value === 'lost';
    state.value = 'live';
    if (!wasLost) return;
    hasBegun = true;
    for (const reload of reloads) reload();
  });
  source.addEventListener('error', () => {
    state.value = 'lost';
  });

  const subscribe = <T>(set: Set<T>, item: T): (() => void) => {
    set.add(item);
    return () => set.delete(item);
  };
  return {
    state,
    missed,
    listen: (listener) => subscribe(listeners, listener),
    whenMissed: (reload) => subscribe(reloads, reload),
    close: () => source.close(),
  };
};

/** One paint per frame; a hidden page, which paints nothing, is told four times a second. */
export const beforeNextPaint = (run: () => void): void => {
  if (document.hidden) setTimeout(run, 250);
  else requestAnimationFrame(run);
};
