import { effect, signal } from '@preact/signals';
import { createClient } from '../api/client.ts';
import { MOST_EVENTS } from '../api/most-events.ts';
import { offered } from '../api/offered.ts';
import { createService } from '../api/service.ts';
import { beforeNextPaint, createStream } from '../api/stream.ts';
import type { Info } from '../api/types.ts';
import { PLACES } from '../frame/places.ts';
import type { App } from '../state/app.ts';
import { createDrafts } from '../state/drafts.ts';
import { Fleet } from '../state/fleet.ts';
import { createMarks } from '../state/marks.ts';
import { createNotices } from '../state/notices.ts';
import { createRecent } from '../state/recent.ts';
import { createNavigation, hrefOf, readLocation } from '../url/location.ts';
import { followLinks } from './follow-links.ts';

/** Events of the past that the page begins with. */
const EVENTS_BEFORE = 2000;
const MARKS_MS = 5000;

/** Connects the page with the hub that its address names. Throws ApiError. */
export const startApp = async (): Promise<App> => {
  loadPlace();
  const root = await createClient('').get<Info>('/info');
  const { hub: named } = readLocation(window.location.pathname, window.location.search);
  const hub = named === '' ? root.hostname : named;
  if (named === '') window.history.replaceState(null, '', hrefOf(hub, ['overview']));
  const client = createClient(hub === root.hostname ? '' : `/hubs/${encodeURIComponent(hub)}`);
  const info = signal(client.base === '' ? root : await client.get<Info>('/info'));
  const since = Math.max(0, info.value.lastEvent - EVENTS_BEFORE);
  const marks = createMarks(client, () => performance.now());
  const [operations] = await Promise.all([offered(client, info.value), marks.reload()]);
  const offers = (operation: string): boolean => operations.has(operation);
  const traffic = offers('GET /traffic') ? '&traffic=yes' : '';
  const after = (ms: number, run: () => void): void => void setTimeout(run, ms);
  const now = signal(marks.now());
  const navigation = createNavigation(window);
  // from here to the end nothing waits: what the stream brings must find its listeners
  const stream = createStream({
    open: () => new EventSource(`${client.base}/events?since=${since}&most=${MOST_EVENTS}${traffic}`),
    schedule: beforeNextPaint,
    after,
  });
  const app: App = {
    hub,
    info,
    client,
    service: createService(client),
    stream,
    navigation,
    marks,
    now,
    offers,
    fleet: new Fleet({ client, stream, offers, after }),
    recent: createRecent(stream),
    drafts: createDrafts(window.localStorage, hub),
    notices: createNotices(after),
  };
  setInterval(() => (now.value = marks.now()), 1000);
  keepMarksFresh(app);
  followLinks(navigation);
  // not needed for the first paint, but by counts and the command box
  after(300, () => void app.fleet.load());
  return app;
};

/** The code of the place that the address names is fetched while the hub is asked. */
const loadPlace = (): void => {
  const [id = 'overview'] = readLocation(window.location.pathname, '').path;
  void PLACES.find((place) => place.id === id)?.load();
};

const CHANGES_MARKS = /^(?:fault|clock|index|hub)\./;

/** Asks again when an event tells of a change, and now and then for what no event tells, such as the pace of the clock. */
const keepMarksFresh = ({ marks, stream, now }: App & { now: { value: number } }): void => {
  const reload = (): void =>
    void marks.reload().then(
      () => (now.value = marks.now()),
      () => {},
    );
  setInterval(() => {
    if (!document.hidden && stream.state.value === 'live') reload();
  }, MARKS_MS);
  stream.listen(({ events }) => {
    if (events.some(({ type }) => CHANGES_MARKS.test(type))) reload();
  });
  effect(() => {
    if (stream.state.value === 'live') reload();
  });
};
