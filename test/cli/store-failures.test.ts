import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { begin, freshFolder, type Running, run } from '../support/programs/command.ts';
import { FREE } from '../support/programs/emulator-in-folder.ts';
import { canLock, canMount, lockableFolder, smallDisk } from '../support/store/broken-folders.ts';
import { faultsOf, hubIn } from '../support/store/kept-hub.ts';
import { Acknowledged, DEVICES, Load, type Ready, SINKS } from '../support/store/load.ts';

/** `IOTHUB_FAILURE_ROUNDS=20` for the whole proof. */
const ROUNDS = Number(process.env.IOTHUB_FAILURE_ROUNDS ?? 1);
const MINUTE = 60_000;
const START = ['start', ...FREE, '--log-format', 'json', '--log-level', 'warn', '--device', ...DEVICES];
const SHIFT = fileURLToPath(new URL('../support/store/clock-shift.cjs', import.meta.url));

const startOn = async (folder: string, env: Record<string, string> = {}) => {
  const emulator = begin([...START, '--data', folder], { env });
  const ready = JSON.parse(await emulator.line('"ready"')) as Ready; // printed by the emulator
  for (const id of SINKS) await fetch(`http://127.0.0.1:${ready.admin}/messages/${id}`, { method: 'DELETE' });
  return { emulator, ready };
};

const kill = async ({ child, ended }: Running): Promise<string> => {
  child.kill('SIGKILL');
  return (await ended).stderr;
};

/** The emulator under load while the folder breaks and is repaired: what it says and what it keeps. */
const survive = async (folder: string, round: number, { breaks, repair }: { breaks(): void; repair(): void }) => {
  const { emulator, ready } = await startOn(folder);
  const load = new Load(ready, `r${round}`, new Acknowledged());
  const { counts, refused } = load.acknowledged;
  const running = load.run();
  await expect.poll(() => counts.rest, { interval: 1, timeout: MINUTE }).toBeGreaterThan(30 + 5 * round);
  breaks();
  await expect.poll(() => refused.size, { interval: 1, timeout: MINUTE }).toBeGreaterThan(0);
  expect((await load.rest('GET', '/twins/a0'))[0]).toBe(200);
  expect((await load.rest('PATCH', '/twins/a0', { tags: { other: 1 } }))[0]).toBe(503);
  repair();
  const patched = async () => (await load.rest('PATCH', '/twins/a0', { tags: { other: 1 } }))[0];
  await expect.poll(patched, { interval: 100, timeout: MINUTE }).toBe(200);
  const again = counts.rest;
  await expect.poll(() => counts.rest, { interval: 1, timeout: MINUTE }).toBeGreaterThan(again + 10);
  const stderr = await kill(emulator);
  await running;
  expect([...refused].filter((text) => !text.startsWith('503 '))).toEqual([]);
  expect(stderr.match(/"text":"Stopped taking writes"/g)).toHaveLength(1);
  return load.acknowledged;
};

test.skipIf(!canMount())(
  `a full disk refuses writes, loses nothing, and is left by itself, ${ROUNDS} times`,
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const disk = smallDisk(24);
      try {
        const folder = join(disk.folder, 'data');
        const acknowledged = await survive(folder, round, { breaks: disk.fill, repair: disk.makeRoom });
        expect(faultsOf(await hubIn(folder), acknowledged)).toEqual([]);
      } finally {
        disk.remove();
      }
    }
  },
  MINUTE * ROUNDS,
);

test.skipIf(!canLock())(
  `a folder that becomes read-only does so too, ${ROUNDS} times`,
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { folder, lock, unlock } = lockableFolder();
      try {
        const acknowledged = await survive(folder, round, { breaks: lock, repair: unlock });
        expect(faultsOf(await hubIn(folder), acknowledged)).toEqual([]);
      } finally {
        unlock();
      }
    }
  },
  MINUTE * ROUNDS,
);

test(
  `a folder that is removed is written again, ${ROUNDS} times`,
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const folder = join(freshFolder(), 'data');
      const remove = (): void => rmSync(folder, { recursive: true });
      const acknowledged = await survive(folder, round, { breaks: remove, repair: () => undefined });
      expect(faultsOf(await hubIn(folder), acknowledged)).toEqual([]);
    }
  },
  MINUTE * ROUNDS,
);

test(
  `a clock that is set back loses nothing, ${ROUNDS} times`,
  async () => {
    const folder = join(freshFolder(), 'data');
    const acknowledged = new Acknowledged();
    for (let round = 0; round < ROUNDS; round++) {
      const env = { NODE_OPTIONS: `--require ${SHIFT}`, CLOCK_BACK_HOURS: String(round) };
      const { emulator, ready } = await startOn(folder, env);
      acknowledged.sent.clear();
      const { counts } = acknowledged;
      const before = counts.rest;
      const running = new Load(ready, `r${round}`, acknowledged).run();
      await expect.poll(() => counts.rest - before, { interval: 1, timeout: MINUTE }).toBeGreaterThan(30);
      emulator.child.kill('SIGUSR2');
      await expect.poll(() => counts.rest - before, { interval: 1, timeout: MINUTE }).toBeGreaterThan(90);
      await kill(emulator);
      await running;
      expect(faultsOf(await hubIn(folder), acknowledged)).toEqual([]);
    }
  },
  MINUTE * ROUNDS,
);

test(
  `of two emulators that start at once, one gets the folder and the other says who has it, ${ROUNDS} times`,
  async () => {
    const folder = join(freshFolder(), 'data');
    for (let round = 0; round < ROUNDS; round++) {
      const both = [0, 1].map(() => begin([...START, '--data', folder]));
      const loser = await Promise.race(both.map(async (one) => ({ one, outcome: await one.ended })));
      expect(loser.outcome.code).toBe(1);
      expect(loser.outcome.stderr).toMatch(/is in use by (the process \d+|another process)\. Stop it, or use another/);
      const winner = both.find((one) => one !== loser.one);
      await winner?.line('"ready"');
      winner?.child.kill('SIGTERM');
      expect((await winner?.ended)?.code).toBe(0);
    }
    const running = begin([...START, '--data', folder]);
    await running.line('"ready"');
    const { stderr } = await run([...START, '--data', folder]);
    expect(stderr).toContain(`${folder} is in use by the process `);
    await kill(running);
  },
  MINUTE * (ROUNDS + 1),
);
