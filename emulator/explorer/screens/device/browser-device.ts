import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { TemplateList } from '../../../../protocol/admin/simulated.ts';
import type { Json, JsonObject } from '../../../../protocol/json.ts';
import type { Client } from '../../api/client.ts';
import type { TwinDocument } from '../../api/documents.ts';
import type { Source } from '../../api/stream.ts';

export type DeviceTemplate = TemplateList[number];

/** Something that the device has heard or done. */
export interface Heard {
  readonly number: number;
  readonly at: number;
  readonly what: string;
  readonly text: string;
}

interface Parts {
  readonly client: Pick<Client, 'get' | 'send'>;
  readonly openSource: (path: string) => Source;
  /** ms on the hub's clock. */
  readonly now: () => number;
}

const MOST_HEARD = 50;
const CLOSED = 2;

/** Room: a device that this page plays. It is connected until it is disconnected, or the page is closed. */
export class BrowserDevice {
  readonly #parts: Parts;
  readonly #path: string;
  readonly #twinPath: string;
  readonly #isOn = signal(false);
  readonly #heard = signal<readonly Heard[]>([]);
  readonly #lamp: Signal<Json | undefined> = signal(undefined);
  readonly #problem = signal('');
  #source: Source | undefined;
  #count = 0;

  constructor(parts: Parts, deviceId: string) {
    this.#parts = parts;
    this.#path = `/simulated/${encodeURIComponent(deviceId)}`;
    this.#twinPath = `/twins/${encodeURIComponent(deviceId)}`;
  }

  get isOn(): ReadonlySignal<boolean> {
    return this.#isOn;
  }

  /** Newest first. */
  get heard(): ReadonlySignal<readonly Heard[]> {
    return this.#heard;
  }

  /** What the desired property `lamp` says. */
  get lamp(): ReadonlySignal<Json | undefined> {
    return this.#lamp;
  }

  get problem(): ReadonlySignal<string> {
    return this.#problem;
  }

  connect(template: DeviceTemplate): void {
    this.disconnect();
    this.#problem.value = '';
    const source = this.#parts.openSource(this.#path);
    this.#source = source;
    const on = (type: string, act: (data: never) => unknown): void =>
      source.addEventListener(type, ({ data }) => void this.#try(async () => act(JSON.parse(data) as never)));
    on('connected', () => this.#begin(template));
    on('desired', (told: { patch: JsonObject }) => this.#follow(told.patch));
    on('method', (call: Call) => this.#answer(template, call));
    on('message', ({ body }: { body: unknown }) => this.#note('message', typeof body === 'string' ? body : 'bytes'));
    on('end', ({ why }: { why: string }) => this.#end(why));
    source.addEventListener('error', () => {
      if (source.readyState === CLOSED) this.#end('the hub refuses it: is it enabled?');
    });
  }

  disconnect(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#isOn.value = false;
  }

  readonly send = (values: JsonObject): Promise<void> =>
    this.#try(async () => {
      const body = JSON.stringify(values);
      await this.#parts.client.send(`${this.#path}/telemetry`, { method: 'POST', body: { body } });
      this.#note('sent', body);
    });

  readonly report = (patch: JsonObject): Promise<void> =>
    this.#try(async () => {
      await this.#parts.client.send(`${this.#path}/report`, { method: 'POST', body: { patch } });
      this.#note('reported', JSON.stringify(patch));
    });

  async #begin({ reported }: DeviceTemplate): Promise<void> {
    this.#isOn.value = true;
    this.#note('connected', '');
    const { properties } = await this.#parts.client.get<TwinDocument>(this.#twinPath);
    await this.report(atOnce(reported));
    await this.#obey(properties.desired.lamp);
  }

  async #follow(patch: JsonObject): Promise<void> {
    const { $version: _, ...wanted } = patch;
    this.#note('desired', JSON.stringify(wanted));
    if ('lamp' in wanted) await this.#obey(wanted.lamp);
  }

  /** A lamp does what is desired, and says so. */
  async #obey(lamp: Json | undefined): Promise<void> {
    this.#lamp.value = lamp ?? undefined;
    if (lamp !== undefined) await this.report({ lamp });
  }

  async #answer({ methods }: DeviceTemplate, { requestId, methodName, payload }: Call): Promise<void> {
    this.#note('method', `${methodName} ${JSON.stringify(payload)}`);
    const isKnown = Object.hasOwn(methods, methodName);
    const answer = isKnown
      ? { status: 200, payload: methods[methodName] }
      : { status: 404, payload: { error: `This device has no method ${methodName}.` } };
    await this.#parts.client.send(`${this.#path}/answer`, { method: 'POST', body: { requestId, ...answer } });
  }

  #end(why: string): void {
    this.disconnect();
    this.#problem.value = `Disconnected: ${why}.`;
  }

  #note(what: string, text: string): void {
    this.#count += 1;
    const line = { number: this.#count, at: this.#parts.now(), what, text };
    this.#heard.value = [line, ...this.#heard.value].slice(0, MOST_HEARD);
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#problem.value = error instanceof Error ? error.message : String(error);
    }
  }
}

interface Call {
  readonly requestId: string;
  readonly methodName: string;
  readonly payload: Json;
}

/** Ranges as their middle. */
export const atOnce = (fields: DeviceTemplate['reported']): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, Array.isArray(field) ? (field[0] + field[1]) / 2 : field]),
  );
