import { computed, type ReadonlySignal } from '@preact/signals';
import type { HistoryList } from '../../../../protocol/admin/history.ts';
import { twinPath } from '../../api/service.ts';
import type { App } from '../../state/app.ts';
import { AT_ONCE_MS, createPace } from '../../state/pace.ts';
import { createResource } from '../../state/resource.ts';
import type { Part } from './data.ts';

/** A version of a twin and its identity, with what has changed. */
export type VersionEntry = HistoryList[number];

export interface VersionList {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly VersionEntry[]>;
  /** Why there are none: the hub may keep no history. */
  readonly problem: ReadonlySignal<unknown>;
  close(): void;
}

/** Where the history of an identity is. */
export const historyPath = (key: string): string => twinPath(key).replace('/twins/', '/history/');

export const loadVersions = ({ client, stream }: Pick<App, 'client' | 'stream'>, key: string): VersionList => {
  const versions = createResource(() => client.get<HistoryList>(historyPath(key)));
  const pace = createPace(versions.reload, AT_ONCE_MS);
  void versions.reload();
  const stops = [
    stream.listen(({ events }) => {
      if (events.some((event) => concerns(event, key))) pace.ask();
    }),
    stream.whenMissed((types) => {
      if (types === undefined || types.some((type) => concerns({ type, key }, key))) pace.ask();
    }),
    pace.close,
  ];
  return {
    list: computed(() => versions.value.value?.toReversed() ?? []),
    problem: versions.error,
    close: () => {
      for (const stop of stops) stop();
    },
  };
};

const concerns = (event: { readonly type: string; readonly key?: string | undefined }, key: string): boolean =>
  event.type.startsWith('hub.') || (event.key === key && /^(twin|identity)\./.test(event.type));

/** What a change is part of; `twin`: something else of it, such as its model. */
export type ChangedPart = Part | 'identity' | 'twin';

export const CHANGED_PARTS: readonly ChangedPart[] = ['tags', 'desired', 'reported', 'identity'];

const BEGINNINGS: readonly (readonly [beginning: string, part: ChangedPart])[] = [
  ['properties.desired', 'desired'],
  ['properties.reported', 'reported'],
  ['tags', 'tags'],
  ['identity', 'identity'],
];

/** The part that a path is in, and its path there. */
export const placeOf = (path: string): { readonly part: ChangedPart; readonly path: string } => {
  for (const [beginning, part] of BEGINNINGS)
    if (path === beginning || path.startsWith(`${beginning}.`)) return { part, path: path.slice(beginning.length + 1) };
  return { part: 'twin', path };
};

/** What is said of a version without changes; `list` has all that are kept, newest first. */
export const noteOf = ({ changes, version }: VersionEntry, list: readonly VersionEntry[]): string | undefined => {
  if (changes.length > 0) return undefined;
  return version === list.at(-1)?.version ? 'what its history begins with' : 'written again as it was';
};

/** Those that changed something of a part; all if none is named. */
export const withPart = (versions: readonly VersionEntry[], part: ChangedPart | undefined): readonly VersionEntry[] =>
  part === undefined
    ? versions
    : versions.filter(({ changes }) => changes.some(({ path }) => placeOf(path).part === part));
