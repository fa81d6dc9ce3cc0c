import { connect } from 'node:tls';
import { AmqpPeer } from '../../test/support/amqp/amqp-peer.ts';
import { ATTACKS } from '../../test/support/amqp/attacks.ts';
import type { Bench } from '../bench.ts';
import { median } from '../pairs.ts';
import { freePort, type Program, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';
import type { Peaks } from '../servers/peaks.ts';

const ROUNDS = 3;
const MB = 1024;

/** What one attack does to the server: the longest time, ms, that it computes without a pause, and what its memory grew by at most, and in the end, MB. */
interface Harm {
  readonly stall: number;
  readonly most: number;
  readonly kept: number;
}

/** Clients that mean harm, one after the other: how long others wait for the emulator, and what memory it takes. */
export const hostile = async (bench: Bench): Promise<readonly Row[]> => {
  const amqp = await freePort();
  const { caDir } = bench;
  const server = await startServer(bench.server('emulator'), { amqp, caDir, auth: 'off' });
  try {
    await server.ask('devices', 2);
    const rows: Row[] = [];
    for (const { what, run } of ATTACKS) {
      const harms: Harm[] = [];
      for (let i = 0; i < ROUNDS; i++) harms.push(await harmOf(server, () => run(() => dial(amqp))));
      rows.push(row(what, harms));
    }
    return rows;
  } finally {
    await server.stop();
  }
};

const dial = (port: number): Promise<AmqpPeer> =>
  new Promise((done, failed) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => done(new AmqpPeer(socket)));
    socket.once('error', failed);
  });

const harmOf = async (server: Program, attack: () => Promise<string>): Promise<Harm> => {
  const before = Number(await server.ask('memory'));
  await server.ask('peaks', true);
  await attack();
  const { resident, longest } = (await server.ask('peaks', false)) as Peaks; // as bench/servers/emulator.ts answers
  const after = Number(await server.ask('memory'));
  return { stall: longest, most: (resident - before) / MB, kept: (after - before) / MB };
};

const row = (work: string, harms: readonly Harm[]): Row => {
  const [stall, most, kept] = [
    median(harms.map((harm) => harm.stall)),
    median(harms.map((harm) => harm.most)),
    median(harms.map((harm) => harm.kept)),
  ];
  const { wanted, met } = judge(stall, { most: 50 }, 'ms');
  return {
    work,
    peer: '–',
    ours: `stall ${round(stall)} ms`,
    theirs: '–',
    result: `+${round(most)} MB, ${round(kept)} MB kept`,
    wanted: `${wanted}, ≤ 20 MB`,
    met: met && most <= 20,
  };
};
