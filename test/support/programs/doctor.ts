import { expect } from 'vitest';
import { begin } from './command.ts';
import { type Desk, desk } from './shell.ts';

/** A finding of `doctor -o json`. */
export interface Row {
  readonly check: string;
  readonly status: string;
  readonly text: string;
  readonly fix: string | null;
}

export const FREE = '--https-port 0 --mqtt-port 0 --amqp-port 0 --admin-port 0';
/** Nothing listens there. */
export const NO_EMULATOR = '--admin-url http://127.0.0.1:9';

/** A desk at which an emulator runs. */
export interface Office extends Desk {
  readonly adminUrl: string;
  readonly ca: string;
  close(): Promise<void>;
}

export const openOffice = async (): Promise<Office> => {
  const office = desk();
  const args = ['start', ...FREE.split(' '), '--log-format', 'json'];
  const emulator = begin(args, { env: { ...office.env, IOTHUB_EMULATOR_CA_DIR: undefined } });
  const { ca, adminUrl } = JSON.parse(await emulator.line('"ready"'));
  return {
    ...office,
    adminUrl,
    ca,
    async close() {
      emulator.child.kill('SIGTERM');
      await emulator.ended;
    },
  };
};

export const examine = async (line: string, { type }: Pick<Desk, 'type'>): Promise<{ code: number; rows: Row[] }> => {
  const { code, stdout } = await type(`iothub-emulator doctor -o json ${line}`);
  const { ok, findings } = JSON.parse(stdout);
  expect(ok).toBe(code === 0);
  return { code, rows: findings };
};
