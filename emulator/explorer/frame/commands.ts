import { type App, linkTo } from '../state/app.ts';
import { takeSnapshot } from '../state/take-snapshot.ts';
import { placesOf } from './places.ts';

/** Something to go to or to do. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  run(): unknown;
}

const MOST_DEVICES = 30;
const MOST = 60;

/** What fits the text, best first: those that begin with it before those that hold it. */
export const commandsOf = (app: App, text: string): readonly Command[] => {
  const asked = text.trim().toLowerCase();
  const all = [...goesOf(app), ...actionsOf(app)].filter(({ title }) => title.toLowerCase().includes(asked));
  return [...all, ...devicesOf(app, asked)].sort((a, b) => rank(a.title, asked) - rank(b.title, asked)).slice(0, MOST);
};

const rank = (title: string, asked: string): number => (title.toLowerCase().startsWith(asked) ? 0 : 1);

const goesOf = (app: App): Command[] =>
  placesOf(app).map(({ id, title, key }) => ({
    id: `place:${id}`,
    title,
    kind: `page · g ${key}`,
    run: () => app.navigation.go(linkTo(app, [id])),
  }));

const devicesOf = (app: App, asked: string): Command[] => {
  if (asked === '') return [];
  const found: Command[] = [];
  for (const { id } of app.fleet.rows.value) {
    if (!id.toLowerCase().includes(asked)) continue;
    found.push({
      id: `device:${id}`,
      title: id,
      kind: 'device',
      run: () => app.navigation.go(linkTo(app, ['devices', id])),
    });
    if (found.length === MOST_DEVICES) break;
  }
  return found;
};

const actionsOf = (app: App): Command[] =>
  ACTIONS.filter(({ needs }) => app.offers(needs)).map(({ title, run }) => ({
    id: `action:${title}`,
    title,
    kind: 'action',
    run: () => run(app),
  }));

interface Action {
  readonly title: string;
  readonly needs: string;
  run(app: App): unknown;
}

export const ACTIONS: readonly Action[] = [
  {
    title: 'New device',
    needs: 'GET /service/*',
    run: (app) => app.navigation.go(linkTo(app, ['devices'], { new: 'yes' })),
  },
  { title: 'Take a snapshot', needs: 'POST /snapshots', run: (app) => takeSnapshot(app) },
  {
    title: 'Reset the hub to its seed',
    needs: 'POST /reset',
    run: (app) => app.navigation.go(linkTo(app, ['snapshots'], { reset: 'yes' })),
  },
  {
    title: 'Remove all faults',
    needs: 'DELETE /faults',
    run: ({ client, notices, marks }) =>
      notices.run(() => client.send('/faults', { method: 'DELETE' }).then(marks.reload), 'All faults were removed.'),
  },
  {
    title: 'Decode or make a SAS token',
    needs: 'GET /connection-string',
    run: (app) => app.navigation.go(linkTo(app, ['connect', 'tokens'])),
  },
  {
    title: 'Projector: large type on or off',
    needs: 'GET /info',
    run: () => document.documentElement.toggleAttribute('data-projector'),
  },
];
