import type { Scheduler } from '../kernel/scheduler.ts';

/** Something that happens when the hub's clock reaches a time. */
export interface Due {
  /** ms since 1970. */
  readonly at: number;
  readonly what: string;
  /** The device or module that it is about. */
  readonly key?: string;
}

/** By kind of timer: what it does, with the name of what it acts on; undefined for what no person waits for. */
const WORDS: Readonly<Record<string, (key: string) => Omit<Due, 'at'>>> = {
  job: (id) => ({ what: `job ${id} starts, or is forgotten` }),
  'job.step': (id) => ({ what: `job ${id} goes on` }),
  'job.deadline': (id) => ({ what: `the time of job ${id} is up` }),
  configurations: () => ({ what: 'configurations are evaluated' }),
  'configuration-count': () => ({ what: 'metrics of configurations are counted' }),
  inbox: (key) => ({ what: 'a message expires, or is offered again', key }),
  feedback: () => ({ what: 'feedback expires, or is offered again' }),
  'feedback-batch': () => ({ what: 'feedback is told to service apps' }),
  'file-notifications': () => ({ what: 'a notice of an uploaded file expires, or is offered again' }),
  'file-upload': (id) => ({ what: `the upload ${id} has taken too long` }),
  'blob-blocks': (name) => ({ what: `blocks of ${name} are dropped` }),
  method: (call) => ({ what: 'a method is no longer waited for', key: call.slice(call.indexOf(' ') + 1) }),
  'import-export': (id) => ({ what: `the import or export ${id} goes on` }),
  outbox: (partition) => ({ what: `messages are sent again to an endpoint (${partition})` }),
  'stream-retention': () => ({ what: 'old messages are dropped from the event hubs' }),
};

/** What is due, soonest first. */
export const dueItems = (scheduler: Pick<Scheduler, 'entries'>, most: number): readonly Due[] =>
  scheduler
    .entries()
    .slice(0, most)
    .map(({ at, kind, key }) => ({ at, ...(WORDS[kind]?.(key) ?? { what: `${kind} ${key}` }) }));
