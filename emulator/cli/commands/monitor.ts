import { Option } from 'commander';
import { isObject, type JsonObject, own } from '../../../protocol/json.ts';
import { BUILT_IN_ENDPOINT } from '../../../protocol/routing.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import type { AddCommand } from './command.ts';

interface MonitorFlags extends AdminFlags {
  readonly device?: string;
  readonly from: string;
  readonly endpoint: string;
  readonly group?: string;
  readonly output: 'az' | 'json';
}

const DATA = 'data: ';

/** `monitor`: what devices send, as `az iot hub monitor-events` prints it. */
export const monitor: AddCommand = (program, context) => {
  addAdminFlags(program.command('monitor').description('print what devices send, until it is stopped'))
    .option('-d, --device <id>', 'only of this device and its modules')
    .option('--from <when>', 'now, start, or a time such as 2030-01-01T00:00:00Z', 'now')
    .option('--endpoint <name>', 'of which event hub', BUILT_IN_ENDPOINT)
    .option('-g, --group <name>', 'as a reader of this consumer group')
    .addOption(
      new Option('-o, --output <form>', 'as az prints it, or all of an event on a line')
        .choices(['az', 'json'])
        .default('az'),
    )
    .action(async ({ device, from, endpoint, group, output, ...flags }: MonitorFlags) => {
      context.err('Starting event monitor, use ctrl-c to stop...\n');
      await adminClient(flags, context).follow(
        'GET /monitor',
        (line) => {
          if (!line.startsWith(DATA)) return;
          const text = line.slice(DATA.length);
          context.out(output === 'json' ? `${text}\n` : `${JSON.stringify(asAz(JSON.parse(text)), null, 4)}\n`);
        },
        {
          query: {
            from,
            endpoint,
            ...(device === undefined ? {} : { device }),
            ...(group === undefined ? {} : { group }),
          },
        },
      );
    });
};

/** https://github.com/Azure/azure-iot-cli-extension/blob/dev/azext_iot/monitor/parsers/common_parser.py */
const asAz = (event: JsonObject): JsonObject => {
  const system = own(event, 'system');
  const text = (name: string): string => String((isObject(system) ? own(system, name) : undefined) ?? '');
  return {
    event: {
      origin: text('connectionDeviceId'),
      module: text('connectionModuleId'),
      interface: text('interfaceId'),
      component: text('componentName'),
      payload: payloadOf(own(event, 'body') ?? '', text('contentType')),
    },
  };
};

const payloadOf = (body: NonNullable<ReturnType<typeof own>>, contentType: string) => {
  if (isObject(body)) return own(body, 'base64') ?? '';
  if (typeof body !== 'string' || !contentType.toLowerCase().includes('application/json')) return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};
