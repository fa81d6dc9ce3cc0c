import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { isObject, type Json } from '../../../../protocol/json.ts';
import { leavesOf, pathText } from '../../../../protocol/json-paths.ts';
import { twinPath } from '../../api/service.ts';
import type { HubEvent, TwinVersion } from '../../api/types.ts';
import type { App } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import type { Part } from './data.ts';

/** A version of a part; builds without a history of twins tell changes only, without their numbers. */
export type Versioned = Omit<TwinVersion, 'version'> & { readonly version: number | undefined };

export interface VersionList {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly Versioned[]>;
  /** True if each version is kept and can be compared. */
  readonly isComplete: boolean;
  close(): void;
}

type Parts = Pick<App, 'client' | 'stream' | 'recent' | 'offers'>;

export const loadVersions = ({ client, stream, recent, offers }: Parts, key: string): VersionList => {
  if (!offers('GET /twins/:deviceId/versions'))
    return { list: computed(() => fromEvents(recent.events.value, key)), isComplete: false, close: () => {} };
  const none = signal<readonly Versioned[]>([]);
  const versions = createResource(() => client.get<readonly TwinVersion[]>(`${twinPath(key)}/versions`));
  void versions.reload();
  const stops = [
    stream.listen(({ events }) => {
      if (events.some((event) => event.key === key && event.type.startsWith('twin.'))) void versions.reload();
    }),
    stream.whenMissed(() => void versions.reload()),
  ];
  return {
    list: computed(() => versions.value.value ?? none.value),
    isComplete: true,
    close: () => {
      for (const stop of stops) stop();
    },
  };
};

/** What events tell of the changes of one twin, newest first. */
export const fromEvents = (events: readonly HubEvent[], key: string): readonly Versioned[] =>
  events.flatMap((event) => (event.key === key ? changesOf(event) : [])).reverse();

const changesOf = (event: HubEvent): readonly Versioned[] => {
  if (event.type === 'twin.reported') return [versioned(event, 'reported', event.patch)];
  if (event.type !== 'twin.updated' || !isObject(event.patch)) return [];
  const { tags, desired } = event.patch;
  return [
    ...(isObject(tags) ? [versioned(event, 'tags', tags)] : []),
    ...(isObject(desired) ? [versioned(event, 'desired', desired)] : []),
  ];
};

const versioned = ({ time, type }: HubEvent, part: Part, patch: unknown): Versioned => ({
  part,
  version: undefined,
  at: time,
  by: type === 'twin.reported' ? 'device' : 'service',
  changes: leavesOf((patch ?? {}) as Json).map(({ path, value }) => ({ path: pathText(path), after: value })), // events are JSON
});
