import { Option } from 'commander';
import { BUILT_IN_ENDPOINT } from '../../../protocol/routing.ts';
import { adminClient } from '../admin-flags.ts';
import { deviceString } from '../device-string.ts';
import { addLoginFlags, type LoginFlags, readLogin, stringFor } from '../login.ts';
import { ServiceClient } from '../service-client.ts';
import type { AddCommand } from './command.ts';

interface StringFlags extends LoginFlags {
  readonly policy?: string;
  readonly device?: string;
  readonly events?: string | true;
  readonly plain?: true;
}

/** `connection-string`: of a shared access policy or of a device. */
export const connectionString: AddCommand = (program, context) => {
  addLoginFlags(program.command('connection-string').description('print a connection string'))
    .addOption(new Option('-p, --policy <name>', 'of a shared access policy (default iothubowner)').conflicts('device'))
    .option('-d, --device <id>', 'of a device')
    .addOption(
      new Option('-e, --events [endpoint]', 'of an event hub, for the SDKs of Event Hubs').conflicts([
        'device',
        'policy',
        'login',
      ]),
    )
    .option('--plain', 'with --events: without TLS, for UseDevelopmentEmulator=true')
    .action(async ({ policy, device, events, plain, ...flags }: StringFlags) => {
      if (events !== undefined) {
        const query = {
          events: events === true ? BUILT_IN_ENDPOINT : events,
          plain: plain === true ? 'yes' : 'no',
        } as const;
        context.out(`${(await adminClient({}, context).call('GET /connection-string', { query })).connectionString}\n`);
        return;
      }
      const login = readLogin(flags, context);
      if (device !== undefined) context.out(`${deviceString(await new ServiceClient(login).device(device), login)}\n`);
      else context.out(`${policy === undefined ? login.text : stringFor(policy, login)}\n`);
    });
};
