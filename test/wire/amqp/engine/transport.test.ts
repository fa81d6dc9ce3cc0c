import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../emulator/kernel/clock.ts';
import { LIMITS } from '../../../../emulator/servers/amqp/engine/limits.ts';
import { Outbox } from '../../../../emulator/servers/amqp/engine/transport/outbox.ts';
import { Transport } from '../../../../emulator/servers/amqp/engine/transport/transport.ts';
import { FairTurns } from '../../../../emulator/servers/fair-turns.ts';

const nothing = (): void => {};

/** Two connections whose bytes take their time: 6 ms of a clock that is turned by hand for each piece. */
const world = () => {
  let time = 0;
  const nextTurn: (() => void)[] = [];
  const turns = new FairTurns(
    () => time,
    (run) => void nextTurn.push(run),
  );
  const context = { turns, clock: new VirtualClock(), limits: LIMITS, outbox: new Outbox() };
  const taken: string[] = [];
  const connect = (name: string) => {
    const [near, far] = duplexPair();
    const transport = new Transport(near, context, {
      arrived: (piece) => {
        time += 6;
        taken.push(`${name}${piece.length}`);
      },
      ...{ resumeSending: nothing, lost: nothing, gone: nothing, beforeFlush: nothing, sent: nothing, stuck: nothing },
    });
    return { transport, send: (bytes: number) => far.write(Buffer.alloc(bytes)) };
  };
  return {
    connect,
    /** What was taken until the streams have nothing more to do. */
    async taken() {
      await new Promise(setImmediate);
      return taken.splice(0);
    },
    turn: () => nextTurn.shift()?.(),
  };
};

test('of a long piece of input 8 KB are taken at a time, others in between', async () => {
  const { connect, taken, turn } = world();
  const [a, b] = [connect('a'), connect('b')];
  a.send(20_000);
  b.send(100);
  expect(await taken()).toEqual(['a8192']);
  turn();
  expect(await taken()).toEqual(['a8192']);
  turn();
  expect(await taken()).toEqual(['b100']);
  turn();
  expect(await taken()).toEqual(['a3616']);
});

test('what comes after a long piece waits until all of it is taken', async () => {
  const { connect, taken, turn } = world();
  const a = connect('a');
  a.send(10_000);
  a.send(10);
  expect(await taken()).toEqual(['a8192']);
  turn();
  expect(await taken()).toEqual(['a1808']);
  turn();
  expect(await taken()).toEqual(['a10']);
});

test('of a connection that has ended nothing more is taken', async () => {
  const { connect, taken, turn } = world();
  const a = connect('a');
  a.send(20_000);
  expect(await taken()).toEqual(['a8192']);
  a.transport.destroy();
  turn();
  expect(await taken()).toEqual([]);
});
