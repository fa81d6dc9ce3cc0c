import { type Command, Option } from 'commander';
import { ACKS, type Ack } from '../../../protocol/message.ts';
import { UsageError } from '../../options.ts';
import type { AdminClient } from '../admin-client.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import type { Context } from '../context.ts';
import { type AddCommand, printed } from './command.ts';

interface ReceiverFlags extends AdminFlags {
  readonly module?: string;
}

interface SendFlags extends ReceiverFlags {
  readonly property: readonly string[];
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly contentType?: string;
  readonly expiry?: string;
  readonly ack?: Ack;
  readonly input?: string;
}

interface ReceiveFlags extends ReceiverFlags {
  readonly lock?: number;
  readonly complete?: true;
}

interface Receiver {
  readonly admin: AdminClient;
  readonly deviceId: string;
  readonly moduleId: string | undefined;
}

/** `message …`: messages to devices, in place of a service app or of a device. */
export const message: AddCommand = (program, context) => {
  const group = program
    .command('message')
    .description('send messages to devices, and receive them in place of a device');
  const add = (usage: string, description: string): Command =>
    addAdminFlags(group.command(usage).description(description)).option('--module <id>', 'a module of the device');
  addSendFlags(add('send <device> [body]', 'send a message, as a service app does')).action(
    (deviceId: string, body: string | undefined, flags: SendFlags) =>
      send(receiver(deviceId, flags, context), body ?? '', flags),
  );
  add('list <device>', 'list the messages that wait').action(async (deviceId: string, flags: ReceiverFlags) =>
    context.out(printed(await listMessages(receiver(deviceId, flags, context)))),
  );
  add('receive <device>', 'lock and print the next message; the lock token is for complete, reject and abandon')
    .option('--lock <seconds>', 'how long it is locked, 1 to 300', Number)
    .option('--complete', 'complete it at once')
    .action(async (deviceId: string, flags: ReceiveFlags) => {
      const from = receiver(deviceId, flags, context);
      const received = await receive(from, flags.lock);
      if (received === null) context.err('No message waits.\n');
      else context.out(printed(received));
      if (received !== null && flags.complete) await settle(from, received.lockToken, 'complete');
    });
  for (const [outcome, meaning] of Object.entries(OUTCOMES) as [keyof typeof OUTCOMES, string][]) // its own members
    add(`${outcome} <device> <lockToken>`, meaning).action(
      (deviceId: string, lockToken: string, flags: ReceiverFlags) =>
        settle(receiver(deviceId, flags, context), lockToken, outcome),
    );
  add('purge <device>', 'remove the messages that wait').action(async (deviceId: string, flags: ReceiverFlags) => {
    const { messages } = await purge(receiver(deviceId, flags, context));
    context.out(`${messages}\n`);
  });
};

const OUTCOMES = {
  complete: 'remove a message that was received: it is processed',
  reject: 'remove a message that was received: the device does not want it',
  abandon: 'put a message that was received back into its place',
} as const;

const addSendFlags = (command: Command): Command =>
  command
    .option('--property <name=value>', 'an application property, repeatable', (one, all) => [...all, one], NONE)
    .option('--message-id <id>', 'identifies it in feedback')
    .option('--correlation-id <id>', 'of a request, for example')
    .option('--content-type <type>', 'such as application/json')
    .option('--expiry <time>', 'when it expires, ISO 8601; after an hour if not given')
    .addOption(new Option('--ack <kind>', 'which feedback the sender wants').choices(ACKS))
    .option('--input <name>', 'an input of the module, which has to be connected');

const NONE: readonly string[] = [];

const receiver = (deviceId: string, flags: ReceiverFlags, context: Context): Receiver => ({
  admin: adminClient(flags, context),
  deviceId,
  moduleId: flags.module,
});

const send = async ({ admin, deviceId, moduleId }: Receiver, text: string, flags: SendFlags): Promise<void> => {
  const { messageId, correlationId, contentType, expiry: expiryTimeUtc, ack, input } = flags;
  const properties = Object.fromEntries(flags.property.map(pairOf));
  const body = { body: text, properties, system: { messageId, correlationId, contentType, expiryTimeUtc, ack } };
  if (input !== undefined && moduleId === undefined) throw new UsageError('--input needs --module as well');
  if (moduleId === undefined) await admin.call('POST /messages/:deviceId', { params: { deviceId }, body });
  else if (input === undefined)
    await admin.call('POST /messages/:deviceId/modules/:moduleId', { params: { deviceId, moduleId }, body });
  else
    await admin.call('POST /messages/:deviceId/modules/:moduleId/inputs/:input', {
      params: { deviceId, moduleId, input },
      body,
    });
};

/** Throws UsageError. */
const pairOf = (text: string): [string, string] => {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--property ${text}: write name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const listMessages = ({ admin, deviceId, moduleId }: Receiver) =>
  moduleId === undefined
    ? admin.call('GET /messages/:deviceId', { params: { deviceId } })
    : admin.call('GET /messages/:deviceId/modules/:moduleId', { params: { deviceId, moduleId } });

const receive = async ({ admin, deviceId, moduleId }: Receiver, lockSeconds: number | undefined) => {
  const body = { lockSeconds };
  const { message: received } =
    moduleId === undefined
      ? await admin.call('POST /messages/:deviceId/receive', { params: { deviceId }, body })
      : await admin.call('POST /messages/:deviceId/modules/:moduleId/receive', {
          params: { deviceId, moduleId },
          body,
        });
  return received;
};

const settle = async (from: Receiver, lockToken: string, outcome: keyof typeof OUTCOMES): Promise<void> => {
  const { admin, deviceId, moduleId } = from;
  const body = { lockToken, outcome };
  if (moduleId === undefined) await admin.call('POST /messages/:deviceId/settle', { params: { deviceId }, body });
  else await admin.call('POST /messages/:deviceId/modules/:moduleId/settle', { params: { deviceId, moduleId }, body });
};

const purge = ({ admin, deviceId, moduleId }: Receiver) =>
  moduleId === undefined
    ? admin.call('DELETE /messages/:deviceId', { params: { deviceId } })
    : admin.call('DELETE /messages/:deviceId/modules/:moduleId', { params: { deviceId, moduleId } });
