import type { Bench } from '../bench.ts';
import { freePort, startProgram, startServer } from '../program.ts';
import { type Row, round } from '../report.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d: the most that waits for one device
const EACH = 50;

/** As many messages as may wait for thousands of devices: what they take, and how long it takes to hand them all out. */
export const amqpQueues = async (bench: Bench): Promise<readonly Row[]> => {
  const amqp = await freePort();
  const { crowd } = bench.stats;
  const messages = crowd * EACH;
  const server = await startServer(bench.server('emulator'), { amqp, caDir: bench.caDir, auth: 'off' });
  try {
    await server.ask('devices', crowd);
    const before = Number(await server.ask('memory'));
    await server.ask('messages', EACH);
    const grown = Number(await server.ask('memory')) - before;
    const spent = Number(await server.ask('cpu'));
    const devices = startProgram(bench.program('amqp-queues'), ['--port', amqp, '--count', crowd, '--each', EACH]);
    const { seconds = 0 } = await devices.line();
    const heard = performance.now();
    while (Number(await server.ask('waiting')) > 0) await new Promise((done) => setTimeout(done, 10));
    const all = seconds + (performance.now() - heard) / 1000;
    const cpu = Number(await server.ask('cpu')) - spent;
    await devices.stop();
    const what = `${EACH} messages of 200 B for each of ${round(crowd)} devices`;
    return [
      row(`${what}: resident memory`, `${round(grown / 1024)} MB`, `${round((grown * 1024) / messages)} B each`),
      row(
        'the same: until TLS devices have accepted all',
        `${round(all)} s`,
        `${round((cpu * 1000) / messages)} µs of server CPU each`,
      ),
    ];
  } finally {
    await server.stop();
  }
};

const row = (work: string, ours: string, result: string): Row => ({
  work,
  peer: '–',
  ours,
  theirs: '–',
  result,
  wanted: '–',
  met: undefined,
});
