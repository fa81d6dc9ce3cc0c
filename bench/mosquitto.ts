import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { freePort, type Program, startProgram } from './program.ts';

/** mosquitto with the emulator's certificate, and an echo client on a plain port in place of a hub. */
export interface Mosquitto {
  readonly port: number;
  readonly broker: Program;
  readonly echo: Program;
  stop(): Promise<void>;
}

const PLACES = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/usr/bin/mosquitto'];

/** Throws if mosquitto is not installed. */
export const startMosquitto = async (bench: Bench): Promise<Mosquitto> => {
  const binary = PLACES.find((path) => existsSync(path));
  if (binary === undefined) throw new Error('The peer mosquitto is missing (Debian package mosquitto)');
  const [port, plain] = [await freePort(), await freePort()];
  const config = join(bench.folder, 'mosquitto.conf');
  // mosquitto gives up root's rights after its start and must still read its key
  await chmod(bench.folder, 0o755);
  await chmod(join(bench.folder, 'key.pem'), 0o644);
  await writeFile(
    config,
    [
      'per_listener_settings false',
      'allow_anonymous true',
      'persistence false',
      'log_dest none',
      'set_tcp_nodelay true',
      'max_queued_messages 0',
      `listener ${plain} 127.0.0.1`,
      `listener ${port} 127.0.0.1`,
      `certfile ${join(bench.folder, 'cert.pem')}`,
      `keyfile ${join(bench.folder, 'key.pem')}`,
      '',
    ].join('\n'),
  );
  const broker = startProgram(binary, ['-c', config]);
  const echo = await startEcho(bench.program('echo'), plain);
  return {
    port,
    broker,
    echo,
    async stop() {
      await echo.stop();
      await broker.stop();
    },
  };
};

/** Waits until the broker listens. */
const startEcho = async (file: string, port: number, attempt = 1): Promise<Program> => {
  const echo = startProgram(file, ['--port', port]);
  try {
    await echo.line();
    return echo;
  } catch (error) {
    if (attempt === 20) throw error;
    await new Promise((done) => setTimeout(done, 100));
    return startEcho(file, port, attempt + 1);
  }
};
