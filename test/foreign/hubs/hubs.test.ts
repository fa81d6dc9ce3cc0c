import { join } from 'node:path';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { python } from '../../support/programs/python.ts';
import { report } from '../exec.ts';
import { at, runProgram } from '../support/hub.ts';

const ADDRESSES = ['127.0.0.2', '127.0.0.3'] as const;

const hubs: Emulator[] = [];
let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
  for (const address of ADDRESSES) hubs.push(await startEmulator({ ...at(address), devices: ['oven'] }));
});
afterAll(async () => {
  for (const hub of hubs) await hub.close();
});

test("Microsoft's SDKs connect to several hubs of one process, each on an address of its own, on their default ports", async () => {
  const node = join(import.meta.dirname, '..', 'node', 'round-trip.js');
  const run = async (hub: Emulator, program: readonly string[]) => report(await runProgram(program, hub.env()));
  await Promise.all(
    hubs.map(async (hub, index) => {
      const here = `hub-${index}`;
      for (const transport of ['tcp', 'ws']) {
        expect(await run(hub, [process.execPath, node, transport, 'node', here])).toMatchObject({ reported: here });
        expect(await run(hub, [interpreter, join(import.meta.dirname, 'report.py'), transport, here])).toBe(here);
      }
    }),
  );
  expect(hubs.map(({ hub }) => hub.twins.get('oven').twin.reported.values)).toEqual([
    { node: 'hub-0', python: 'hub-0' },
    { node: 'hub-1', python: 'hub-1' },
  ]);
});
