import { expect } from 'vitest';
import { begin, freshFolder, type Outcome, type Running, run } from './command.ts';

/** Ports that the machine chooses. */
export const FREE = ['--https-port', '0', '--mqtt-port', '0', '--amqp-port', '0', '--admin-port', '0'];

/** An emulator that only commands of its folder find. */
export interface EmulatorInFolder {
  readonly folder: string;
  readonly emulator: Running;
  /** Runs a command that finds the emulator. */
  command(this: void, ...args: string[]): Promise<Outcome>;
  /** What a command printed, which must succeed. */
  output(this: void, ...args: string[]): Promise<string>;
  stop(this: void): Promise<void>;
}

/** Starts an emulator with a virtual clock and the device `oven`. */
export const startInFolder = async (): Promise<EmulatorInFolder> => {
  const folder = freshFolder('iothub-cli-');
  const env = { TMPDIR: folder };
  const command = (...args: string[]): Promise<Outcome> => run(args, { cwd: folder, env });
  const output = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await command(...args);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return stdout;
  };
  const emulator = begin(['start', ...FREE, '--log-format', 'json', '--clock', 'virtual', '--device', 'oven'], { env });
  await emulator.line('"ready"');
  const stop = async (): Promise<void> => {
    emulator.child.kill('SIGTERM');
    await emulator.ended;
  };
  return { folder, emulator, command, output, stop };
};
