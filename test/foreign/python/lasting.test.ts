import { join } from 'node:path';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HubEvent } from '../../../emulator/hub/events.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { python } from '../../support/programs/python.ts';
import { report } from '../exec.ts';
import { runProgram, startShut } from '../support/hub.ts';

let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
});

const ID = 'd1';

/** Resolves with the first event that matches. */
const once = ({ hub }: Emulator, isWanted: (event: HubEvent) => boolean): Promise<void> =>
  new Promise((done) => {
    const stop = hub.events.listen((event) => {
      if (!isWanted(event)) return;
      stop();
      done();
    });
  });
const opened = (emulator: Emulator) => once(emulator, ({ type }) => type === 'session.opened');

/** Something that happens to the connection of a device; returns the hub with which the device goes on. */
type Interruption = (emulator: Emulator, note: (event: HubEvent) => void) => Promise<Emulator>;

const cut: Interruption = async (emulator) => {
  const back = opened(emulator);
  emulator.hub.sessions.drop(ID, 'requested');
  await back;
  return emulator;
};

/** The SDK renews a token two minutes before it expires, by a new connection. */
const renewed: Interruption = async (emulator) => {
  await opened(emulator);
  return emulator;
};

/** A hub with the state of the old one, but without its connections. */
const restarted: Interruption = async (emulator, note) => {
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

const INTERRUPTIONS = [
  { what: 'its connection was cut', interruption: cut, seconds: 3600 },
  { what: 'its token was renewed', interruption: renewed, seconds: 123 },
  { what: 'the hub was restarted', interruption: restarted, seconds: 3600 },
];

describe.each(['tcp', 'ws'])("over %s a device on Microsoft's SDK for Python", (transport) => {
  test.each(INTERRUPTIONS)(
    'goes on receiving, answering and sending after $what',
    async ({ interruption, seconds }) => {
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
        emulator = await interruption(emulator, note);
        const want = (round: string) => emulator.hub.twins.patch(ID, { properties: { desired: { round } } });
        want('after');
        const call = { methodName: 'echo', payload: { text: 'still there?' } };
        const answer = await emulator.hub.methods.invoke(ID, { ...call, connectTimeoutInSeconds: 20 });
        await more();
        want('last');
        const { acknowledged, heard } = (await ended) as { acknowledged: string[]; heard: string[] }; // of lasting.py
        expect(answer).toMatchObject({ status: 200, payload: { value: { text: 'still there?' } } });
        expect(heard).toContain('last');
        expect(acknowledged.length).toBeGreaterThan(6);
        expect(acknowledged.filter((one) => !arrived.has(one))).toEqual([]);
      } finally {
        await emulator.close();
      }
    },
  );
});

// docs/differences.md, about a restart
test('after a restart without its state, the hub sends such a device nothing, since it does not subscribe again', async () => {
  const first = await startEmulator({ ports: 'default', devices: [ID] });
  // it sends after it has subscribed; it tolerates errors of sending when the connection ends
  const ready = once(first, ({ type }) => type === 'telemetry');
  const ended = runProgram([interpreter, join(import.meta.dirname, 'lasting.py'), 'tcp', '3600'], first.env()).then(
    report,
  );
  await Promise.race([ready, ended]).finally(() => first.close());
  // the SDK reads the twin by itself, which ends the program
  const { emulator: second, open } = await startShut({ devices: [{ id: ID, desired: { round: 'last' } }] });
  await using _ = second;
  const back = opened(second);
  open();
  await back;
  await expect(second.hub.methods.invoke(ID, { methodName: 'echo' })).rejects.toMatchObject({
    code: 'DeviceNotOnline',
  });
  expect(await ended).toMatchObject({ heard: ['last'] });
  expect(second.hub.sessions.listening(ID).capabilities).toEqual({});
});
