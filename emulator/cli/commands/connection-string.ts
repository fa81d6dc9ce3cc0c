import { Option } from 'commander';
import { isObject } from '../../../protocol/json.ts';
import { EXIT, Failure } from '../context.ts';
import { addLogin, readLogin, stringFor } from '../login.ts';
import { ask } from '../service.ts';
import { deviceString, pathOf } from './device.ts';
import type { AddCommand } from './index.ts';

/** `connection-string`: of a shared access policy or of a device. */
export const connectionString: AddCommand = (program, context) => {
  addLogin(program.command('connection-string').description('print a connection string'))
    .addOption(new Option('-p, --policy <name>', 'of a shared access policy (default iothubowner)').conflicts('device'))
    .option('-d, --device <id>', 'of a device')
    .action(async (given: Readonly<Record<string, unknown>>) => {
      const login = readLogin(given, context);
      if (typeof given.device !== 'string') {
        context.out(`${typeof given.policy === 'string' ? stringFor(given.policy, login) : login.text}\n`);
        return;
      }
      const device = await ask(login, { method: 'GET', path: pathOf(given.device) });
      if (!isObject(device)) throw new Failure(EXIT.failed, 'The hub answered something else than a device');
      context.out(`${deviceString(device, login)}\n`);
    });
};
