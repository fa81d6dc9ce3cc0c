import { type Command, Option } from 'commander';
import { formatConnectionString } from '../../../protocol/connection-string.ts';
import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';
import { EXIT, Failure } from '../context.ts';
import { addLogin, type Login, readLogin } from '../login.ts';
import { ask } from '../service.ts';
import type { AddCommand } from './index.ts';

/** `device …`: the identity registry, over the service's REST API. */
export const device: AddCommand = (program, context) => {
  const group = program.command('device').description('create, show, delete and list devices');
  const add = (name: string, description: string): Command => addLogin(group.command(name).description(description));
  const print = (devices: Json, given: Given, login: Login): void =>
    context.out(
      given.output === 'connection-string' ? strings(devices, login) : `${JSON.stringify(devices, null, 2)}\n`,
    );

  addOutput(add('create <id>', 'create a device'))
    .option('--primary-key <key>', 'base64; both keys are given or none')
    .option('--secondary-key <key>', 'base64; both keys are given or none')
    .option('--disabled', 'create it disabled')
    .action(async (id: string, given: Given) => {
      const login = readLogin(given, context);
      print(await ask(login, { method: 'PUT', path: pathOf(id), body: identity(id, given) }), given, login);
    });
  addOutput(add('show <id>', 'show a device')).action(async (id: string, given: Given) => {
    const login = readLogin(given, context);
    print(await ask(login, { method: 'GET', path: pathOf(id) }), given, login);
  });
  add('delete <id>', 'delete a device and its modules').action(async (id: string, given: Given) => {
    await ask(readLogin(given, context), { method: 'DELETE', path: pathOf(id), headers: { 'if-match': '*' } });
  });
  addOutput(add('list', `list devices, ${MOST} at most`)).action(async (given: Given) => {
    const login = readLogin(given, context);
    const devices = await ask(login, { method: 'GET', path: `/devices?top=${MOST}` });
    print(devices, given, login);
    if (Array.isArray(devices) && devices.length === MOST) context.err(`There may be more than these ${MOST}.\n`);
  });
};

/** The string of a device as the service API shows it. Throws a Failure if it has no key. */
export const deviceString = (device: JsonObject, { parts }: Login): string => {
  const who = { HostName: parts.HostName, DeviceId: String(device.deviceId) };
  const { authentication } = device;
  const { type, symmetricKey } = isObject(authentication) ? authentication : {};
  if (type === 'selfSigned' || type === 'certificateAuthority') return formatConnectionString({ ...who, x509: 'true' });
  const key = isObject(symmetricKey) ? symmetricKey.primaryKey : undefined;
  if (typeof key !== 'string')
    throw new Failure(EXIT.failed, `${who.DeviceId} has no key, or this policy may not read it`);
  return formatConnectionString({ ...who, SharedAccessKey: key });
};

export const pathOf = (deviceId: string): string => `/devices/${encodeURIComponent(deviceId)}`;

type Given = Readonly<Record<string, unknown>>;

/** The service gives no more than this in one answer. */
const MOST = 1000;

const addOutput = (command: Command): Command =>
  command.addOption(
    new Option('-o, --output <form>', 'how to print').choices(['json', 'connection-string']).default('json'),
  );

const identity = (deviceId: string, { disabled, primaryKey, secondaryKey }: Given): JsonObject => ({
  deviceId,
  status: disabled === true ? 'disabled' : 'enabled',
  authentication: { type: 'sas', symmetricKey: { primaryKey: text(primaryKey), secondaryKey: text(secondaryKey) } },
});

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const strings = (devices: Json, login: Login): string =>
  (Array.isArray(devices) ? devices : [devices])
    .filter(isObject)
    .map((one) => `${deviceString(one, login)}\n`)
    .join('');
