import { isObject, type Json } from '../../protocol/json.ts';
import type { HubBus, HubEvent, Published } from '../hub/events.ts';
import { type Log, type LogFields, printable } from '../log.ts';
import type { AnsweredRequest } from '../servers/rest/server.ts';

type Line = readonly [text: string, fields: LogFields];
type LineOf<T extends HubEvent['type']> = (event: Extract<Published, { readonly type: T }>) => Line;

/** Longer texts are cut, characters. */
const LONGEST = 200;
const SECOND_MS = 1000;

const content = (value: Json): string => printable(JSON.stringify(value)).slice(0, LONGEST);

/** What is worth a line. */
const LINES: { readonly [T in HubEvent['type']]?: LineOf<T> } = {
  'session.opened': ({ key, protocol }) => ['Connected', { device: key, protocol }],
  'session.closed': ({ key, reason }) => ['Disconnected', { device: key, reason }],
  'twin.reported': ({ key, patch }) => ['Reported', { device: key, patch: content(patch) }],
  'twin.updated': ({ key, patch }) => ['Changed a twin', { device: key, patch: content(asJson(patch)) }],
  'method.called': ({ key, methodName, payload }) => [
    'Called a method',
    { device: key, method: printable(methodName), payload: content(payload) },
  ],
  'method.answered': ({ key, status, payload }) => [
    'Answered a method',
    { device: key, status, payload: content(payload) },
  ],
  'method.failed': ({ key, code }) => ['A method failed', { device: key, code }],
  'c2d.delivered': ({ key, message }) => ['Delivered a message', { device: key, bytes: message.body.length }],
  'file.uploaded': ({ key, blobName, blobSizeInBytes }) => [
    'Uploaded a file',
    { device: key, blob: printable(blobName), bytes: blobSizeInBytes },
  ],
  telemetry: ({ key, message }) => ['Received a message', { device: key, bytes: message.body.length }],
};

/**
 * Writes a line for what devices and services do, so that a person sees that something happens. No more than `mostLines` in a
 * second: the number of those that are left out is a line too.
 */
export class Narration {
  readonly #log: Log;
  readonly #mostLines: number;
  #lines = 0;
  #leftOut = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(log: Log, mostLines = 50) {
    this.#log = log;
    this.#mostLines = mostLines;
  }

  /** Writes the lines of a hub. */
  follow(events: HubBus): void {
    events.listen((event) => {
      const line: ((event: never) => Line) | undefined = LINES[event.type];
      if (line !== undefined && this.#hasRoom()) this.#log.info(...line(event as never)); // the table is by type
    });
  }

  request({ method, path, status }: AnsweredRequest): void {
    if (this.#hasRoom()) this.#log.info(`${method} ${printable(path)}`, { status });
  }

  #hasRoom(): boolean {
    this.#pause ??= setTimeout(() => this.#begin(), SECOND_MS).unref();
    this.#lines += 1;
    if (this.#lines <= this.#mostLines) return true;
    this.#leftOut += 1;
    return false;
  }

  /** A new second. */
  #begin(): void {
    if (this.#leftOut > 0) this.#log.info(`${this.#leftOut} more lines are left out`);
    this.#pause = undefined;
    this.#lines = 0;
    this.#leftOut = 0;
  }
}

const asJson = (value: object): Json => (isObject(value) ? value : {});
