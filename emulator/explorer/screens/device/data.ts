import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Drift, driftOf } from '../../../../protocol/drift.ts';
import type { IdentityDocument, Section, TwinDocument } from '../../api/documents.ts';
import { twinPath } from '../../api/service.ts';
import type { Connection, HubEvent } from '../../api/types.ts';
import type { App } from '../../state/app.ts';
import { AT_ONCE_MS, createPace } from '../../state/pace.ts';
import { createResource, type Resource } from '../../state/resource.ts';
import { type Change, changesBetween, keyOf, plainSection } from '../../text/paths.ts';

export type Part = 'tags' | 'desired' | 'reported';

/** A value that changed while the page was open, until somebody looks at it. */
export interface Fresh extends Change {
  /** ms on the hub's clock. */
  readonly at: number;
}

/** A device or module that is open. */
export interface OpenDevice {
  /** Device id, or device id/module id. */
  readonly key: string;
  readonly twin: Resource<TwinDocument>;
  readonly identity: Resource<IdentityDocument>;
  readonly connection: Resource<Connection | undefined>;
  readonly drift: ReadonlySignal<ReadonlyMap<string, Drift>>;
  readonly fresh: Readonly<Record<Part, Signal<ReadonlyMap<string, Fresh>>>>;
  close(): void;
}

type Parts = Pick<App, 'client' | 'service' | 'stream' | 'now' | 'offers'>;

export const openDevice = (app: Parts, key: string): OpenDevice => {
  const { client, service, stream, now, offers } = app;
  const twin = createResource(() => client.get<TwinDocument>(twinPath(key)));
  const identity = createResource(async () =>
    offers('GET /service/*') ? service.identity(key) : identityIn(app, key),
  );
  const connection = createResource(async () =>
    (await client.get<readonly Connection[]>('/connections')).find(({ id }) => id === key),
  );
  const paces = {
    twin: createPace(twin.reload, AT_ONCE_MS),
    identity: createPace(identity.reload, AT_ONCE_MS),
    connection: createPace(connection.reload, AT_ONCE_MS),
  };
  const fresh = { tags: newFresh(), desired: newFresh(), reported: newFresh() };
  let shown: TwinDocument | undefined;
  const stopMarking = effect(() => {
    const next = twin.value.value;
    if (next === undefined) return;
    if (shown !== undefined) for (const part of PARTS) mark(fresh[part], changesOf(part, shown, next), now.peek());
    shown = next;
  });
  const reload = (happened?: readonly HubEvent[]): void => {
    // a hub that was replaced as a whole tells of no twin
    const events = happened?.some(({ type }) => type.startsWith('hub.')) ? undefined : happened;
    const types = new Set(events?.filter((event) => event.key === key).map(({ type }) => type));
    const concerns = (prefix: string): boolean =>
      events === undefined || [...types].some((type) => type.startsWith(prefix));
    if (concerns('twin.') || concerns('identity.') || concerns('session.')) paces.twin.ask();
    if (concerns('identity.')) paces.identity.ask();
    if (concerns('session.')) paces.connection.ask();
  };
  for (const each of [twin, identity, connection]) void each.reload();
  const stops = [
    stream.listen(({ events }) => reload(events)),
    // what was left out may have been of this device
    stream.whenMissed((types) => reload(types?.map((type) => ({ type, key, sequence: 0, time: '' })))),
    stopMarking,
    ...Object.values(paces).map(({ close }) => close),
  ];
  return {
    key,
    twin,
    identity,
    connection,
    fresh,
    drift: computed(() => byPath(twin.value.value)),
    close: () => {
      for (const stop of stops) stop();
    },
  };
};

export const PARTS: readonly Part[] = ['tags', 'desired', 'reported'];

const newFresh = (): Signal<ReadonlyMap<string, Fresh>> => signal<ReadonlyMap<string, Fresh>>(new Map());

/** Builds without the service API tell identities in the export only. */
const identityIn = async ({ client }: Pick<App, 'client'>, key: string): Promise<IdentityDocument> => {
  const { identities } = await client.get<{ identities: readonly IdentityDocument[] }>('/export?files=no');
  const found = identities.find(
    ({ deviceId, moduleId }) => (moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`) === key,
  );
  if (found === undefined) throw new Error(`There is no ${key}.`);
  return found;
};

export const sectionOf = (part: Part, twin: TwinDocument): Section =>
  part === 'tags' ? (twin.tags ?? {}) : twin.properties[part];

const changesOf = (part: Part, before: TwinDocument, after: TwinDocument): Change[] =>
  changesBetween(plainSection(sectionOf(part, before)), plainSection(sectionOf(part, after)));

const mark = (fresh: Signal<ReadonlyMap<string, Fresh>>, changes: readonly Change[], at: number): void => {
  if (changes.length === 0) return;
  const next = new Map(fresh.peek());
  for (const change of changes) next.set(keyOf(change.path), { ...change, at });
  fresh.value = next;
};

/** Somebody has looked at the change of this path. */
export const look = (fresh: Signal<ReadonlyMap<string, Fresh>>, path: readonly string[]): void => {
  if (!fresh.peek().has(keyOf(path))) return;
  const next = new Map(fresh.peek());
  next.delete(keyOf(path));
  fresh.value = next;
};

const byPath = (twin: TwinDocument | undefined): ReadonlyMap<string, Drift> => {
  if (twin === undefined) return new Map();
  const { desired, reported } = twin.properties;
  const drifts = driftOf(plainSection(desired), plainSection(reported), desired.$version ?? 0);
  return new Map(drifts.map((drift) => [keyOf(drift.path), drift]));
};
