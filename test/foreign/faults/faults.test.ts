import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Published } from '../../../emulator/hub/events.ts';
import { python } from '../../support/programs/python.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';
import { EPISODES, type Episode } from './episodes.ts';
import { type Said, sight } from './sights.ts';

const DOCUMENT = fileURLToPath(new URL('../../../docs/faults.md', import.meta.url));
const [START, END] = ['<!-- seen -->', '<!-- /seen -->'] as const;

let hub: ForeignHub;
let interpreter: string;
const events: Published[] = [];
beforeAll(async () => {
  interpreter = await python();
  hub = await startHub({ sdkFaults: 'on' });
  hub.hub.events.listen((event) => events.push(event));
});
afterAll(() => hub?.close());

test("docs/faults.md says what apps on Microsoft's SDKs see of each fault, and how they continue", async () => {
  const columns = [await meet('node', [process.execPath, 'app.js']), await meet('python', [interpreter, 'app.py'])];
  const rows = EPISODES.map(({ name, operation }, index) => [
    name,
    `\`${operation}\``,
    ...columns.flatMap((cells) => cells[index] ?? []),
  ]);
  const head = ['effect', 'operation', 'Node: the app sees', 'and then', 'Python: the app sees', 'and then'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const text = readFileSync(DOCUMENT, 'utf8');
  const [from, to] = [text.indexOf(START) + START.length, text.indexOf(END)];
  if (process.env.WRITE_TABLE) writeFileSync(DOCUMENT, `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`);
  else expect(text.slice(from, to).trim(), 'WRITE_TABLE=1 npm run test:foreign updates it').toBe(table);
});

/** Runs a program through all episodes, each with a device of its own. */
const meet = async (sdk: 'node' | 'python', [command = '', file = '']: readonly string[]) => {
  const asked = EPISODES.map((episode, index) => {
    const id = `${sdk}-${index}`;
    const { IOTHUB_DEVICE_CONNECTION_STRING: connectionString } = hub.device(id);
    const fault = faultOf(episode, id);
    if (fault !== undefined && !episode.isAlone) hub.hub.faults.add(fault);
    const { act, properties, isAlone } = episode;
    return { id, act, connectionString, properties, ...(isAlone ? { fault } : {}) };
  });
  const args = [join(import.meta.dirname, file), JSON.stringify(asked)];
  const outcome = await runProgram([command, ...args], hub.emulator.env());
  expect(hub.hub.faults.list().filter(({ struck }) => struck === 0)).toEqual([]);
  const said = report(outcome) as Record<string, Said>; // what app.js and app.py print
  return EPISODES.map((episode, index) => {
    const id = `${sdk}-${index}`;
    const mine = events.filter((event) => 'key' in event && event.key === id);
    const arrivals = mine.filter(
      (event) => event.type === 'telemetry' && Buffer.from(event.message.body).toString() === '1',
    ).length;
    const connections = mine.filter(({ type }) => type === 'session.opened').length;
    return sight(episode, said[id] ?? { failed: 'nothing said' }, { sdk, connections, arrivals });
  });
};

const faultOf = ({ operation, effect, isAlone }: Episode, id: string) => {
  if (effect === undefined) return undefined;
  const whose = isAlone && operation === 'handshake' ? { operation } : { device: id, operation };
  return { match: { ...whose, times: 1 }, effect };
};
