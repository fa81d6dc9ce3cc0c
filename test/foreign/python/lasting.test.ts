import { join } from 'node:path';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HubEvent } from '../../../emulator/hub/events.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshot.ts';
import { python } from '../../support/python.ts';
import { report } from '../exec.ts';
import { runProgram, startShut } from '../support/hub.ts';

let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
}, 600_000);

const ID = 'd1';

/** Resolves with the first event that is as wanted. */
const once = ({ hub }: Emulator, isWanted: (event: HubEvent) => boolean): Promise<void> =>
  new Promise((done) => {
    const stop = hub.events.listen((event) => {
      if (!isWanted(event)) return;
      stop();
      done();
    });
  });
const opened = (emulator: Emulator) => once(emulator, ({ type }) => type === 'session.opened');

/** What may become of a device's connection; gives the hub on which the device goes on. */
type Mishap = (emulator: Emulator, note: (event: HubEvent) => void) => Promise<Emulator>;

const cut: Mishap = async (emulator) => {
  const back = opened(emulator);
  emulator.hub.sessions.drop(ID, 'requested');
  await back;
  return emulator;
};

/** The SDK renews two minutes before a token ends, by a new connection. */
const renewed: Mishap = async (emulator) => {
  await opened(emulator);
  return emulator;
};

/** A hub that knows what it knew; only its connections are gone. */
const restarted: Mishap = async (emulator, note) => {
  const kept = takeSnapshot(emulator.hub);
  await emulator.close();
  const { emulator: next, open } = await startShut();
  next.hub.events.listen(note);
  restoreSnapshot(next.hub, kept);
  const back = opened(next);
  open();
  await back;
  return next;
};

const MISHAPS = [
  { what: 'its connection was cut', mishap: cut, seconds: 3600 },
  { what: 'its token was renewed', mishap: renewed, seconds: 123 },
  { what: 'the hub was started anew', mishap: restarted, seconds: 3600 },
];

describe.each(['tcp', 'ws'])("over %s a device on Microsoft's SDK for Python", (transport) => {
  test.each(MISHAPS)('goes on hearing, answering and sending after $what', async ({ mishap, seconds }) => {
    let emulator = await startEmulator({ ports: 'default', devices: [ID] });
    const arrived = new Set<string>();
    const note = (event: HubEvent): void => {
      if (event.type === 'telemetry') arrived.add(Buffer.from(event.message.body).toString());
    };
    emulator.hub.events.listen(note);
    const ready = once(emulator, ({ type }) => type === 'twin.reported');
    const program = [interpreter, join(import.meta.dirname, 'lasting.py'), transport, String(seconds)];
    const ended = runProgram(program, emulator.env()).then(report);
    try {
      const more = (): Promise<void> => {
        const before = arrived.size;
        return expect.poll(() => arrived.size, { timeout: 30_000 }).toBeGreaterThan(before + 3);
      };
      await Promise.race([ready, ended]);
      await more();
      emulator = await mishap(emulator, note);
      const want = (round: string) => emulator.hub.twins.patch(ID, { properties: { desired: { round } } });
      want('after');
      const call = { methodName: 'echo', payload: { text: 'still there?' } };
      const answer = await emulator.hub.methods.invoke(ID, { ...call, connectTimeoutInSeconds: 20 });
      await more();
      want('last');
      const { acknowledged, heard } = (await ended) as { acknowledged: string[]; heard: string[] }; // its last line
      expect(answer).toEqual({ status: 200, payload: { text: 'still there?' } });
      expect(heard).toContain('last');
      expect(acknowledged.length).toBeGreaterThan(6);
      expect(acknowledged.filter((one) => !arrived.has(one))).toEqual([]);
    } finally {
      await emulator.close();
    }
  });
});

// what docs/differences.md says of a restart
test('a hub that starts anew and empty finds such a device deaf, since it does not subscribe again', async () => {
  const first = await startEmulator({ ports: 'default', devices: [ID] });
  // it sends once it has begun to listen; what the end of a connection does to sending it bears
  const ready = once(first, ({ type }) => type === 'telemetry');
  const ended = runProgram([interpreter, join(import.meta.dirname, 'lasting.py'), 'tcp', '3600'], first.env()).then(
    report,
  );
  await Promise.race([ready, ended]).finally(() => first.close());
  // the SDK asks for the twin by itself, which ends the program
  const { emulator: second, open } = await startShut({ devices: [{ id: ID, desired: { round: 'last' } }] });
  await using _ = second;
  const back = opened(second);
  open();
  await back;
  await expect(second.hub.methods.invoke(ID, { methodName: 'echo' })).rejects.toMatchObject({
    code: 'DeviceNotOnline',
  });
  expect(await ended).toMatchObject({ heard: ['last'] });
  expect([...second.hub.sessions.subscriptions(ID)]).toEqual([]);
});
