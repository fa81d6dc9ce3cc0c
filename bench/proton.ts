import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { call, freePort, type Program, startProgram } from './program.ts';

/** The example broker of Qpid Proton on a plain port: it keeps what it gets in memory. */
export interface Proton {
  readonly port: number;
  readonly broker: Program;
}

const SOURCE = '/usr/share/proton/examples/c/broker.c';
// the package's own link leads to the first of them only
const LIBRARIES = ['-l:libqpid-proton-core.so.10', '-l:libqpid-proton-proactor.so.1', '-lpthread'];

/** Throws if it cannot be built. */
export const startProton = async (bench: Bench): Promise<Proton> => {
  if (!existsSync(SOURCE))
    throw new Error(
      'The peer Qpid Proton is missing (Debian packages libqpid-proton11-dev, libqpid-proton11-dev-examples)',
    );
  const binary = join(bench.folder, 'proton-broker');
  await call('gcc', ['-O2', '-o', binary, SOURCE, ...LIBRARIES]);
  const port = await freePort();
  const broker = startProgram(binary, ['127.0.0.1', port]);
  await listening(port);
  return { port, broker };
};

const listening = async (port: number, attempt = 1): Promise<void> => {
  const isThere = await new Promise<boolean>((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
  if (isThere) return;
  if (attempt === 50) throw new Error('The broker of Qpid Proton does not listen');
  await new Promise((done) => setTimeout(done, 100));
  return listening(port, attempt + 1);
};
