import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Json } from '../../../protocol/json.ts';
import { BUILT_IN_ENDPOINT, ROUTING_SOURCES, type Route, type RoutingSource } from '../../../protocol/routing.ts';
import { UsageError } from '../../options.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { EXIT, Failure } from '../context.ts';
import { type AddCommand, printed } from './command.ts';

interface AddFlags extends AdminFlags {
  readonly source: RoutingSource;
  readonly condition: string;
  readonly endpoint: string;
  readonly disabled?: true;
}

interface TestFlags extends AdminFlags {
  readonly source: RoutingSource;
  readonly body?: string;
  readonly property?: readonly string[];
  readonly system?: readonly string[];
  readonly condition?: string;
}

/** `routes …`: where messages and events go. */
export const routes: AddCommand = (program, context) => {
  const group = program.command('routes').description('show and change where messages go');
  const print = (value: unknown): void => context.out(printed(value));
  addAdminFlags(group.command('list').description('print routes, and how many messages each has taken')).action(
    async (flags: AdminFlags) => print(await adminClient(flags, context).call('GET /routing')),
  );
  addAdminFlags(
    group.command('health').description('print which endpoints take messages, and how many wait for each'),
  ).action(async (flags: AdminFlags) => print((await adminClient(flags, context).call('GET /routing/health')).value));
  addAdminFlags(
    group.command('set <file>').description('take routes from a file: properties.routing of a template'),
  ).action(async (file: string, flags: AdminFlags) => {
    const body = readJson(readFileSync(resolve(context.folder, file), 'utf8'), file) as object; // the hub checks it
    await adminClient(flags, context).call('PUT /routing', { body: { ...body } });
  });
  addSource(addAdminFlags(group.command('add <name>').description('add a route, or replace the one of this name')))
    .option('--condition <query>', 'which messages', 'true')
    .option('--endpoint <name>', 'where to: an event hub of the emulator, made if there is none', BUILT_IN_ENDPOINT)
    .option('--disabled', 'so that it takes nothing')
    .action(async (name: string, flags: AddFlags) => addRoute(name, flags, adminClient(flags, context)));
  addAdminFlags(group.command('remove <name>').description('remove a route')).action(
    async (name: string, flags: AdminFlags) => {
      const admin = adminClient(flags, context);
      const { routing } = await admin.call('GET /routing');
      const rest = routing.routes.filter((route) => route.name !== name);
      if (rest.length === routing.routes.length) throw new Failure(EXIT.notFound, `There is no route ${name}`);
      await admin.call('PUT /routing', { body: { ...routing, routes: rest } });
    },
  );
  addSource(
    addAdminFlags(group.command('test').description('print which routes would take a message; nothing is sent')),
  )
    .option('--body <json>', 'the body of the message')
    .option('--property <name=value...>', 'application properties')
    .option('--system <name=value...>', 'system properties, such as contentType=application/json')
    .option('--condition <query>', 'try this condition instead of the routes')
    .action(async ({ source, condition, ...flags }: TestFlags) => {
      const admin = adminClient(flags, context);
      const body = { message: messageOf(flags) };
      print(
        condition === undefined
          ? await admin.call('POST /routing/$testall', { body: { ...body, routingSource: source } })
          : await admin.call('POST /routing/$testnew', { body: { ...body, route: { condition } } }),
      );
    });
};

const addSource = (command: Command): Command =>
  command.addOption(
    new Option('--source <source>', 'what is routed').choices(ROUTING_SOURCES).default('DeviceMessages'),
  );

const addRoute = async (
  name: string,
  { source, condition, endpoint, disabled }: AddFlags,
  admin: ReturnType<typeof adminClient>,
): Promise<void> => {
  const { routing } = await admin.call('GET /routing');
  const route: Route = { name, source, condition, endpointNames: [endpoint], isEnabled: disabled !== true };
  const { eventHubs, storageContainers, webhooks } = routing.endpoints;
  const names = [...eventHubs, ...storageContainers, ...webhooks].map((one) => one.name);
  const isKnown = endpoint === BUILT_IN_ENDPOINT || names.includes(endpoint);
  await admin.call('PUT /routing', {
    body: {
      ...routing,
      endpoints: { ...routing.endpoints, eventHubs: isKnown ? eventHubs : [...eventHubs, { name: endpoint }] },
      routes: [...routing.routes.filter((one) => one.name !== name), route],
    },
  });
};

const messageOf = ({ body, property = [], system }: Omit<TestFlags, 'source' | 'condition'>) => ({
  appProperties: Object.fromEntries(property.map(pairOf)),
  // a body is JSON unless the message says otherwise
  systemProperties: Object.fromEntries(
    (system ?? (body === undefined ? [] : ['contentType=application/json', 'contentEncoding=utf-8'])).map(pairOf),
  ),
  ...(body === undefined ? {} : { body: readJson(body, '--body') as Json }), // parsed
});

const pairOf = (text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${text} is not a property: write name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const readJson = (text: string, origin: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${origin}: ${error instanceof Error ? error.message : error}`);
  }
};
