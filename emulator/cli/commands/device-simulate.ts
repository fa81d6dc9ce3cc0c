import type { Command } from 'commander';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure } from '../context.ts';
import { deviceString } from '../device-string.ts';
import { JSON_HELP, readJson } from '../json-argument.ts';
import { addLoginFlags, existingCaFile, type LoginFlags, readLoginToChange } from '../login.ts';
import { ServiceClient } from '../service-client.ts';

interface SimulateFlags extends LoginFlags, AdminFlags {
  readonly template: string;
  readonly interval: string;
}

/** `device simulate`: a device that sends made-up values until a signal ends it. */
export const addSimulate = (group: Command, context: Context): void => {
  addAdminFlags(
    addLoginFlags(
      group.command('simulate <id>').description('connect as this device: report, send messages, answer methods'),
    ),
  )
    .option(
      '--template <template>',
      `what it sends and answers: climate, lamp, chiller, tracker, one that is saved, or ${JSON_HELP}`,
      'climate',
    )
    .option('--interval <seconds>', 'time between two messages', '5')
    .addHelpText('after', HELP)
    .action(async (id: string, { template, interval, ...flags }: SimulateFlags) => {
      const { namedTemplate, templateOf } = await import('../simulate/template.ts');
      const { simulateDevice } = await import('../simulate/simulate-device.ts');
      const { clientFromConnectionString } = await import('../../../clients/device/index.ts');
      const saved = () => adminClient(flags, context).call('GET /templates').catch(noneIfNotReachable);
      const chosen = /^\w[\w.-]*$/.test(template)
        ? await namedTemplate(template, saved)
        : templateOf(readJson(template, context));
      const everyMs = millisecondsOf(interval);
      const { text, caFile } = await connectionOf(id, flags, context);
      const client = clientFromConnectionString(text);
      if (caFile !== undefined) await client.setOptions({ ca: caFile });
      const tell = (line: string): void => context.out(`${line}\n`);
      try {
        const device = await simulateDevice(client, chosen, { random: Math.random, tell });
        await untilInterrupted(everyMs, () => device.send());
      } catch (error) {
        throw error instanceof Error ? new Failure(EXIT.failed, `${id}: ${error.message}`) : error;
      } finally {
        await client.close().catch(() => undefined); // it may never have been open
      }
    });
};

/** The hub need not be an emulator. */
const noneIfNotReachable = (error: unknown): readonly [] => {
  if (error instanceof Failure && error.exitCode === EXIT.notReachable) return [];
  throw error;
};

/** How the device connects: at the hub of `--login`, else of `--hub` and `--admin-url`, else that of every command for devices. */
const connectionOf = async (id: string, flags: LoginFlags & AdminFlags, context: Context) => {
  if (flags.login === undefined && (flags.hub !== undefined || flags.adminUrl !== undefined)) {
    const answer = await adminClient(flags, context).call('GET /connection-string', { query: { device: id } });
    return { text: answer.connectionString, caFile: existingCaFile(flags, context) };
  }
  const login = readLoginToChange(flags, context);
  return { text: deviceString(await new ServiceClient(login).device(id), login), caFile: login.caFile };
};

const millisecondsOf = (seconds: string): number => {
  const ms = Number(seconds) * 1000;
  if (ms > 0 && ms < 2 ** 31) return ms;
  throw new Failure(EXIT.usage, `--interval ${seconds} is not a valid number of seconds`);
};

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs `work` now and after each interval. Rejects with the first error of it. */
const untilInterrupted = (everyMs: number, work: () => Promise<void>): Promise<void> =>
  new Promise((done, failed) => {
    const run = (): void => void work().catch(end);
    const timer = setInterval(run, everyMs);
    const end = (error?: unknown): void => {
      clearInterval(timer);
      for (const name of SIGNALS) process.off(name, stop);
      if (error === undefined) done();
      else failed(error);
    };
    const stop = (): void => end();
    for (const name of SIGNALS) process.on(name, stop);
    run();
  });

const HELP = `
A template has three parts, each of which can be left out. Two numbers in brackets are a range:
  { "telemetry": { "temperature": [18, 25] }, "reported": { "firmware": "1.0.0" }, "methods": { "ping": "pong" } }
The template climate measures temperature and humidity, and answers ping and reboot.`;
