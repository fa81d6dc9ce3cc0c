import type { Emulator } from 'iothub-emulator';
import type { TwinDocument } from '../../../emulator/explorer/api/documents.ts';
import type { ClassState, DeviceRow, Lesson } from '../../../emulator/explorer/api/types.ts';
import { rowOf } from '../../../emulator/explorer/state/device-row.ts';
import { renderTwin } from '../../../emulator/hub/twins/twin-document.ts';
import { version } from '../../../emulator/version.ts';
import type { Extras } from './page-server.ts';

/** Answers for what the admin API does not have yet, in the shapes that api/missing.md asks for. */
export const createExtras = (emulator: Emulator): Extras => {
  const answers: Readonly<Record<string, (url: URL, body: string) => unknown>> = {
    'GET /devices': ({ searchParams }) => ({ devices: rows(emulator, searchParams.get('ids')) }),
    'GET /runtimes': () => RUNTIMES,
    'GET /lessons': () => LESSONS,
    'GET /class': () => CLASS,
  };
  return {
    operations: [...Object.keys(answers), 'GET /snapshots/:name/compare'],
    answer: (method, url, body) => answers[`${method} ${url.pathname}`]?.(url, body),
  };
};

const rows = ({ hub }: Emulator, ids: string | null): readonly DeviceRow[] => {
  const wanted: ReadonlySet<string> | undefined = ids === null ? undefined : new Set(JSON.parse(ids));
  return [...hub.fleet.devices.rows()].flatMap((member) =>
    wanted === undefined || wanted.has(member.key)
      ? [withRefusal(rowOf(renderTwin(member) as unknown as TwinDocument))]
      : [],
  );
};

const withRefusal = (row: DeviceRow): DeviceRow =>
  row.id === 'thermostat-12' ? { ...row, refused: { at: '2026-11-28T11:52:00.000Z', why: 'token expired' } } : row;

const RUNTIMES = [
  { name: 'Node', version: process.version.slice(1), trusts: true },
  { name: 'Python', version: '3.11.2', trusts: true },
  { name: 'Java', version: '17.0.9', trusts: false, remedy: 'npx iothub-emulator trust --store java' },
];

const LESSONS: readonly Lesson[] = [
  {
    id: 'connect',
    number: 1,
    title: 'Connect a device',
    language: 'en',
    steps: [{ title: 'Start a device', text: 'It connects.', done: true, code: {} }],
  },
  {
    id: 'reported',
    number: 2,
    title: 'Report what the device knows',
    language: 'en',
    steps: [{ title: 'Report', text: 'The hub keeps it.', done: true, code: {} }],
  },
  {
    id: 'queries',
    number: 3,
    title: 'Reported properties and queries',
    language: 'en',
    steps: [
      {
        title: 'Tag your device',
        text: 'A service app wrote `tags.location.plant` = “Redmond43” at 12:01.',
        done: true,
        code: {},
      },
      {
        title: 'Ask for devices in Redmond43',
        text: 'Your app asked; the hub found `thermostat-07`. None is on a cellular network yet.',
        done: true,
        code: {},
      },
      {
        title: 'Let the device report how it is connected',
        text: 'Run this in a second terminal. The step is done when the hub sees `reported.connectivity.type`.',
        done: false,
        code: {
          node: { file: 'connectivity.mjs', text: 'node report-connectivity.js' },
          python: { file: 'connectivity.py', text: 'python report_connectivity.py' },
        },
        waitingFor: 'waiting for thermostat-07 · connected 4 s ago, has not reported',
        hint: 'Look at Traffic: does a `PATCH reported` of your device stand there?',
      },
      {
        title: 'Ask again',
        text: 'Both questions should now find the device. Why did the first answer change nothing?',
        done: false,
        code: {},
      },
      {
        title: 'Break it on purpose',
        text: 'Let queries lag 30 s and watch the query miss what the twin already shows.',
        done: false,
        code: {},
      },
    ],
  },
];

const CLASS: ClassState = {
  lesson: '3 · Reported properties and queries',
  steps: LESSONS[2]?.steps.map(({ title }) => title) ?? [],
  joinUrl: `http://teacher.local:8088/join?v=${version()}`,
  clock: 'virtual',
  students: Array.from({ length: 12 }, (_, i) => ({
    faults: i === 3 ? 1 : 0,
    now: '2026-11-28T12:00:00.000Z',
    hub: `team${i + 1}`,
    name: `Student ${i + 1}`,
    isHere: i !== 4,
    done: Array.from({ length: 5 }, (__, step) => step < (i * 7) % 6),
    ...(i === 3 ? { lastRefusal: 'wrong key' } : {}),
  })),
};
