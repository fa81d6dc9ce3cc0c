import { join } from 'node:path';
import { expect, test } from 'vitest';
import { begin, freshFolder } from '../support/programs/command.ts';
import { FREE } from '../support/programs/emulator-in-folder.ts';
import { faultsOf, hubIn } from '../support/store/kept-hub.ts';
import { Acknowledged, DEVICES, Load, type Ready, SINKS } from '../support/store/load.ts';

/** `IOTHUB_KILL_ROUNDS=200` for the whole proof. */
const ROUNDS = Number(process.env.IOTHUB_KILL_ROUNDS ?? 2);
const START = ['start', ...FREE, '--log-format', 'json', '--log-level', 'warn', '--device', ...DEVICES];

test(
  `kill -9 under load on three protocols, ${ROUNDS} times: nothing acknowledged is lost, nothing is half-written`,
  async () => {
    const folder = join(freshFolder(), 'data');
    const acknowledged = new Acknowledged();
    for (let round = 0; round < ROUNDS; round++) {
      const emulator = begin([...START, '--data', folder]);
      const ready = JSON.parse(await emulator.line('"ready"')) as Ready; // printed by the emulator
      for (const id of SINKS) {
        const { status } = await fetch(`http://127.0.0.1:${ready.admin}/messages/${id}`, { method: 'DELETE' });
        expect(status).toBe(200);
      }
      acknowledged.sent.clear();
      const load = new Load(ready, `r${round}`, acknowledged);
      const { counts } = acknowledged;
      const before = { ...counts };
      const running = load.run();
      // a number of answers, and not a time: there is load on every machine
      const enough = 50 + ((round * 37) % 200);
      await expect.poll(() => counts.rest - before.rest, { interval: 1, timeout: 30_000 }).toBeGreaterThan(enough);
      await expect.poll(() => counts.mqtt - before.mqtt, { interval: 1, timeout: 30_000 }).toBeGreaterThan(enough);
      await expect.poll(() => counts.amqp - before.amqp, { interval: 1, timeout: 30_000 }).toBeGreaterThan(5);
      emulator.child.kill('SIGKILL');
      await emulator.ended;
      await running;
      expect(faultsOf(await hubIn(folder), acknowledged)).toEqual([]);
      expect([...acknowledged.refused]).toEqual([]);
    }
    console.log(`${ROUNDS} rounds:`, acknowledged.counts);
  },
  120_000 * ROUNDS,
);
