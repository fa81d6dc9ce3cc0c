import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EmulatorOptions } from 'iothub-emulator';
import { beforeAll, expect, test } from 'vitest';
import type { Published } from '../../../emulator/hub/events.ts';
import { python } from '../../support/programs/python.ts';
import { report } from '../exec.ts';
import { at, type ForeignHub, runProgram, startHub } from '../support/hub.ts';
import { AMQP_EPISODES, EPISODES, type Episode } from './episodes.ts';
import { type Said, sight } from './sights.ts';

const DOCUMENT = fileURLToPath(new URL('../../../docs/faults.md', import.meta.url));

let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
});

// the programs mostly wait for the SDKs to try again
test.concurrent("docs/faults.md says what apps on Microsoft's SDKs see of each fault, and how they continue", async () => {
  const columns = [
    await meet('node', [process.execPath, 'app.js', 'Mqtt'], { episodes: EPISODES }),
    await meet('python', [interpreter, 'app.py'], { episodes: EPISODES }),
  ];
  const head = ['Node: the app sees', 'and then', 'Python: the app sees', 'and then'];
  compare('seen', tableOf(EPISODES, head, columns));
});

test.concurrent("docs/faults.md says what apps on Microsoft's SDK for Node see of each fault over AMQP", async () => {
  const its = { episodes: AMQP_EPISODES, where: at('127.0.0.2') };
  const column = await meet('node', [process.execPath, 'app.js', 'Amqp'], its);
  compare('seen over AMQP', tableOf(AMQP_EPISODES, ['Node: the app sees', 'and then'], [column]));
});

type Sights = readonly (readonly string[])[];

const tableOf = (episodes: readonly Episode[], titles: readonly string[], columns: readonly Sights[]): string => {
  const rows = episodes.map(({ name, operation }, index) => [
    name,
    `\`${operation}\``,
    ...columns.flatMap((cells) => cells[index] ?? []),
  ]);
  const head = ['effect', 'operation', ...titles];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

/** Compares a table with the one in the document, or writes it there. */
const compare = (mark: string, table: string): void => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const start = `<!-- ${mark} -->`;
  const [from, to] = [text.indexOf(start) + start.length, text.indexOf(`<!-- /${mark} -->`)];
  if (process.env.WRITE_TABLE) writeFileSync(DOCUMENT, `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`);
  else expect(text.slice(from, to).trim(), 'WRITE_TABLE=1 npm run test:foreign updates it').toBe(table);
};

/** Runs a program through all episodes, each with a device of its own, against a hub of its own. */
const meet = async (
  sdk: 'node' | 'python',
  [command = '', file = '', ...args]: readonly string[],
  { episodes, where = {} }: { readonly episodes: readonly Episode[]; readonly where?: EmulatorOptions },
): Promise<Sights> => {
  const hub = await startHub({ ...where, sdkFaults: 'on' });
  const events: Published[] = [];
  hub.hub.events.listen((event) => events.push(event));
  const asked = episodes.map((episode, index) => ask(hub, episode, idOf(index)));
  const program = [command, join(import.meta.dirname, file), JSON.stringify(asked), ...args];
  const outcome = await runProgram(program, hub.emulator.env()).finally(() => hub.close());
  expect(hub.hub.faults.list().filter(({ struck }) => struck === 0)).toEqual([]);
  const said = report(outcome) as Record<string, Said>; // what app.js and app.py print
  return episodes.map((episode, index) => {
    const id = idOf(index);
    const mine = events.filter((event) => 'key' in event && event.key === id);
    const arrivals = mine.filter(
      (event) => event.type === 'telemetry' && Buffer.from(event.message.body).toString() === '1',
    ).length;
    const connections = mine.filter(({ type }) => type === 'session.opened').length;
    return sight(episode, said[id] ?? { failed: 'nothing said' }, { sdk, connections, arrivals });
  });
};

const idOf = (index: number): string => `device-${index}`;

/** Creates the device of an episode, and its fault unless that can hit others; returns what the program needs to know. */
const ask = (hub: ForeignHub, episode: Episode, id: string): object => {
  const { IOTHUB_DEVICE_CONNECTION_STRING: connectionString } = hub.device(id);
  const fault = faultOf(episode, id);
  if (fault !== undefined && !episode.isAlone) hub.hub.faults.add(fault);
  const { act, properties, isAlone } = episode;
  return { id, act, connectionString, properties, ...(isAlone ? { fault } : {}) };
};

const faultOf = ({ operation, effect, isAlone }: Episode, id: string) => {
  if (effect === undefined) return undefined;
  const whose = isAlone && operation === 'handshake' ? { operation } : { device: id, operation };
  return { match: { ...whose, times: 1 }, effect };
};
