import type { ComponentType } from 'preact';
import type { App } from '../state/app.ts';

/** A place of the page: an entry at the left and what it opens. */
export interface Place {
  readonly id: string;
  readonly title: string;
  readonly group?: string;
  /** The letter that goes there after `g`. */
  readonly key: string;
  /** The place is absent unless this build has one of these operations. */
  readonly needs: readonly string[];
  readonly load: () => Promise<{ readonly Screen: ComponentType }>;
  /** A number beside the title. */
  count?(app: App): string | undefined;
}

const SERVICE = 'GET /service/*';

export const PLACES: readonly Place[] = [
  {
    id: 'overview',
    title: 'Overview',
    key: 'o',
    needs: [],
    load: () => import('../screens/overview/view.tsx'),
  },
  {
    id: 'devices',
    title: 'Devices',
    key: 'd',
    needs: ['GET /devices', 'GET /export'],
    load: () => import('../screens/devices/view.tsx'),
    count: ({ fleet }) => (fleet.isLoaded.value ? compact(fleet.rows.value.length) : undefined),
  },
  {
    id: 'query',
    title: 'Query',
    key: 'q',
    needs: ['POST /explain'],
    load: () => import('../screens/query/view.tsx'),
  },
  {
    id: 'messages',
    title: 'Messages',
    key: 'm',
    needs: ['GET /events'],
    load: () => import('../screens/messages/view.tsx'),
    count: ({ recent }) => compact(recent.counts.value.get('telemetry') ?? 0),
  },
  {
    id: 'traffic',
    title: 'Traffic',
    key: 't',
    needs: ['GET /traffic'],
    load: () => import('../screens/traffic/view.tsx'),
    count: () => 'live',
  },
  {
    id: 'configurations',
    title: 'Configurations',
    group: 'Manage',
    key: 'c',
    needs: [SERVICE],
    load: () => import('../screens/configurations/view.tsx'),
  },
  {
    id: 'jobs',
    title: 'Jobs',
    group: 'Manage',
    key: 'j',
    needs: [SERVICE],
    load: () => import('../screens/jobs/view.tsx'),
  },
  {
    id: 'routing',
    title: 'Routing',
    group: 'Manage',
    key: 'r',
    needs: ['GET /routing'],
    load: () => import('../screens/routing/view.tsx'),
  },
  {
    id: 'clock',
    title: 'Clock',
    group: 'Lab',
    key: 'l',
    needs: ['GET /clock'],
    load: () => import('../screens/clock/view.tsx'),
    count: ({ marks }) => (marks.clock.value?.pace ? `×${marks.clock.value.pace}` : undefined),
  },
  {
    id: 'faults',
    title: 'Faults',
    group: 'Lab',
    key: 'f',
    needs: ['GET /faults'],
    load: () => import('../screens/faults/view.tsx'),
    count: ({ marks }) => (marks.faults.value.length > 0 ? String(marks.faults.value.length) : undefined),
  },
  {
    id: 'snapshots',
    title: 'Snapshots',
    group: 'Lab',
    key: 's',
    needs: ['GET /snapshots'],
    load: () => import('../screens/snapshots/view.tsx'),
  },
  {
    id: 'history',
    title: 'History',
    group: 'Lab',
    key: 'h',
    needs: ['GET /history'],
    load: () => import('../screens/history/view.tsx'),
  },
  {
    id: 'workshop',
    title: 'Workshop',
    group: 'Class',
    key: 'w',
    needs: ['GET /lessons'],
    load: () => import('../screens/workshop/view.tsx'),
  },
  {
    id: 'connect',
    title: 'Connect',
    group: 'Class',
    key: 'x',
    needs: ['GET /connection-string'],
    load: () => import('../screens/connect/view.tsx'),
  },
];

/** The places that this build has. */
export const placesOf = ({ offers }: Pick<App, 'offers'>): readonly Place[] =>
  PLACES.filter(({ needs }) => needs.length === 0 || needs.some(offers));

/** `1.2k` for 1234. */
export const compact = (count: number): string => {
  if (count < 1000) return String(count);
  return count < 1_000_000
    ? `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`
    : `${(count / 1_000_000).toFixed(1)}M`;
};
