import { type Command, Option } from 'commander';
import { deviceString } from '../device-string.ts';
import { addLoginFlags, type LoginFlags, readLogin, readLoginToChange } from '../login.ts';
import { MOST_LISTED, ServiceClient } from '../service-client.ts';
import { type AddCommand, printed } from './command.ts';
import { addSimulate } from './device-simulate.ts';

interface OutputFlags extends LoginFlags {
  readonly output: 'json' | 'connection-string';
}

interface CreateFlags extends OutputFlags {
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
  readonly disabled?: true;
}

/** `device …`: the identity registry, over the service's REST API. */
export const device: AddCommand = (program, context) => {
  const group = program.command('device').description('create, show, delete, list and simulate devices');
  const add = (name: string, description: string): Command =>
    addLoginFlags(group.command(name).description(description));

  addOutput(add('create <id>', 'create a device'))
    .option('--primary-key <key>', 'base64; give both keys or none')
    .option('--secondary-key <key>', 'base64; give both keys or none')
    .option('--disabled', 'create it disabled')
    .action(async (deviceId: string, { primaryKey, secondaryKey, disabled, ...flags }: CreateFlags) => {
      const login = readLoginToChange(flags, context);
      const keys = { primaryKey: primaryKey ?? null, secondaryKey: secondaryKey ?? null };
      const created = await new ServiceClient(login).createDevice({ deviceId, keys, isDisabled: disabled === true });
      context.out(flags.output === 'json' ? printed(created) : `${deviceString(created, login)}\n`);
    });
  addOutput(add('show <id>', 'show a device')).action(async (id: string, flags: OutputFlags) => {
    const login = readLogin(flags, context);
    const found = await new ServiceClient(login).device(id);
    context.out(flags.output === 'json' ? printed(found) : `${deviceString(found, login)}\n`);
  });
  add('delete <id>', 'delete a device and its modules').action(async (id: string, flags: LoginFlags) => {
    await new ServiceClient(readLoginToChange(flags, context)).deleteDevice(id);
  });
  addOutput(add('list', `list devices, at most ${MOST_LISTED}`)).action(async (flags: OutputFlags) => {
    const login = readLogin(flags, context);
    const devices = await new ServiceClient(login).devices();
    context.out(
      flags.output === 'json' ? printed(devices) : devices.map((one) => `${deviceString(one, login)}\n`).join(''),
    );
    if (devices.length === MOST_LISTED) context.err(`There may be more than these ${MOST_LISTED}.\n`);
  });
  addSimulate(group, context);
};

const addOutput = (command: Command): Command =>
  command.addOption(
    new Option('-o, --output <form>', 'how to print').choices(['json', 'connection-string']).default('json'),
  );
