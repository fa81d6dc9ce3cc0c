import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { splitKey } from '../api/service.ts';
import type { Stream } from '../api/stream.ts';
import type { Connection, DeviceRow, HubEvent } from '../api/types.ts';
import { applyEvent } from './device-row.ts';
import { loadRows } from './load-rows.ts';

export interface FleetParts {
  readonly client: Client;
  readonly stream: Pick<Stream, 'listen' | 'whenMissed'>;
  readonly offers: (operation: string) => boolean;
  readonly after: (ms: number, run: () => void) => void;
}

/** How long rows on the screen may be old, ms. */
const REFRESH_MS = 500;
const MOST_EARLY = 5000;
/** Events after which rows are right again when they are asked for, or that rows do not show. */
const ONE_ROW =
  /^(?:twin\.reported|twin\.updated|twin\.targeted|telemetry|traffic|method\..*|c2d\..*|endpoint\..*|input\..*)$/;

/** Room: all devices of the hub as lists show them, kept up to date by events. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #byId = new Map<string, DeviceRow>();
  readonly #rows = signal<readonly DeviceRow[]>([]);
  readonly #isLoaded = signal(false);
  readonly #error = signal<unknown>(undefined);
  readonly #connected = signal(0);
  /** Devices of which events have not told all. */
  readonly #stale = new Set<string>();
  #watched: readonly string[] = [];
  #early: readonly HubEvent[] = [];
  #loading: Promise<void> | undefined;
  #isRefreshing = false;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    parts.stream.listen(({ events }) => {
      if (this.#isLoaded.value) this.#apply(events);
      // rows do not tell the latest message; said again, the rest changes nothing
      else this.#early = this.#early.concat(events).slice(-MOST_EARLY);
    });
    parts.stream.whenMissed((types) => {
      if (this.#loading === undefined) return;
      if (types === undefined || types.some((type) => !ONE_ROW.test(type))) void this.reload();
      else this.#doubtAll();
    });
  }

  get rows(): ReadonlySignal<readonly DeviceRow[]> {
    return this.#rows;
  }

  get isLoaded(): ReadonlySignal<boolean> {
    return this.#isLoaded;
  }

  get error(): ReadonlySignal<unknown> {
    return this.#error;
  }

  /** How many are connected. */
  get connected(): ReadonlySignal<number> {
    return this.#connected;
  }

  find(id: string): DeviceRow | undefined {
    return this.#byId.get(id);
  }

  /** Loads all rows, unless they have been loaded already. */
  readonly load = (): Promise<void> => {
    this.#loading ??= this.reload();
    return this.#loading;
  };

  readonly reload = async (): Promise<void> => {
    const { client, offers } = this.#parts;
    try {
      const [rows, connections] = await Promise.all([
        loadRows(client, offers),
        client.get<readonly Connection[]>('/connections'),
      ]);
      this.#take(rows, connections);
    } catch (caught) {
      this.#loading = undefined;
      this.#error.value = caught;
    }
  };

  /** Says which rows are on the screen: what events cannot tell of these, such as drift, is asked for. */
  watch(ids: readonly string[]): void {
    this.#watched = ids;
    this.#refreshLater();
  }

  #take(rows: readonly DeviceRow[], connections: readonly Connection[]): void {
    this.#byId.clear();
    this.#stale.clear();
    for (const row of rows) this.#byId.set(row.id, row);
    for (const connection of connections) this.#join(connection);
    this.#error.value = undefined;
    this.#apply(this.#early.filter(({ type }) => !type.startsWith('hub.')));
    this.#early = [];
    this.#show();
  }

  /** Which protocol a device is connected by is known only to the list of connections. */
  #join({ id, protocol, since }: Connection): void {
    const row = this.#byId.get(id);
    if (row === undefined) return;
    this.#byId.set(id, { ...row, connected: true, protocol, ...(since === undefined ? {} : { since }) });
  }

  #apply(events: readonly HubEvent[]): void {
    if (events.some(({ type }) => type.startsWith('hub.'))) void this.reload();
    let hasChanged = false;
    for (const event of events) hasChanged = this.#applyOne(event) || hasChanged;
    if (hasChanged) this.#show();
    this.#refreshLater();
  }

  #applyOne(event: HubEvent): boolean {
    const [id, module] = splitKey(event.key ?? '');
    const change = module === undefined ? applyEvent(this.#byId.get(id), event) : undefined;
    if (id === '' || change === undefined) return false;
    if (change.row === undefined) this.#byId.delete(id);
    else this.#byId.set(id, change.row);
    if (change.isStale) this.#stale.add(id);
    return true;
  }

  #refreshLater(): void {
    if (this.#isRefreshing || !this.#watched.some((id) => this.#stale.has(id))) return;
    this.#isRefreshing = true;
    this.#parts.after(REFRESH_MS, () => {
      this.#isRefreshing = false;
      void this.#refresh();
    });
  }

  /** Events that were left out may have changed any row. */
  #doubtAll(): void {
    for (const id of this.#byId.keys()) this.#stale.add(id);
    this.#refreshLater();
  }

  async #refresh(): Promise<void> {
    const { client, offers } = this.#parts;
    const ids = this.#watched.filter((id) => this.#stale.has(id));
    for (const id of ids) this.#stale.delete(id);
    if (ids.length === 0) return;
    const fresh = await loadRows(client, offers, ids).catch(() => []);
    for (const row of fresh) this.#byId.set(row.id, { ...this.#byId.get(row.id), ...withoutConnection(row) });
    this.#show();
  }

  #show(): void {
    this.#rows.value = [...this.#byId.values()];
    this.#connected.value = this.#rows.value.reduce((count, { connected }) => count + (connected ? 1 : 0), 0);
    this.#isLoaded.value = true;
  }
}

/** Events are ahead of what was fetched. */
const withoutConnection = ({ protocol: _, since: __, ...row }: DeviceRow): DeviceRow => row;
