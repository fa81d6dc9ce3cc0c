import iothub from 'azure-iothub';
import { startEmulator } from 'iothub-emulator';
import * as ours from 'iothub-emulator/service';
import { expect, test } from 'vitest';
import { connectDevice } from '../support/hub/device-end.ts';
import { CALLS } from '../support/wire/service-calls.ts';

type Sdk = Pick<typeof iothub, 'Registry' | 'Client' | 'JobClient'>;

/** What can be told from outside: members in any order, errors by name and text, HTTP answers by their status. */
const shown = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error)
    return { name: value.name, message: value.message.replace(/[0-9A-F]{32}-G2:[^"\\]*/, '') };
  if (Array.isArray(value)) return value.map(shown);
  const status: unknown = Reflect.get(value, 'statusCode');
  if (typeof status === 'number') return { status };
  const members = Object.entries(value).filter(
    ([name, member]) => !name.startsWith('_') && typeof member !== 'function',
  );
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, shown(member)]),
  );
};

/** Makes every call by one SDK, against a hub of its own. */
const outcomes = async ({ Registry, Client, JobClient }: Sdk): Promise<Record<string, unknown>> => {
  await using emulator = await startEmulator({ trust: 'process', clock: 'virtual', randomSeed: 3 });
  const text = emulator.connectionString();
  const clients = {
    registry: Registry.fromConnectionString(text),
    service: Client.fromConnectionString(text),
    jobs: JobClient.fromConnectionString(text),
  };
  const seen: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(CALLS)) {
    if (name === 'a call that is answered')
      connectDevice(emulator.hub, 'k', (_, payload) => ({ status: 201, payload: { payload } }));
    try {
      seen[name] = shown(await call(clients));
    } catch (error) {
      seen[name] = shown(error);
    }
  }
  return seen;
};

test("a program hears from our clients what it hears from Microsoft's", async () => {
  const theirs = await outcomes(iothub);
  const same = await outcomes(ours as unknown as Sdk); // the same surface, held by test/types, but classes have private members
  expect(Object.keys(same)).toEqual(Object.keys(CALLS));
  expect(same).toEqual(theirs);
});
