import { Option } from 'commander';
import { PORTS } from '../../endpoints/protocols.ts';
import type { AdminClient } from '../admin-client.ts';
import { type AdminFlags, addEmulatorFlags, adminClient } from '../admin-flags.ts';
import { latestRefusals, refusalLines } from '../refusals.ts';
import { type AddCommand, printed } from './command.ts';

interface StatusFlags extends AdminFlags {
  readonly output: 'text' | 'json';
}

/** `status`: the running emulator at a glance. */
export const status: AddCommand = (program, context) => {
  addEmulatorFlags(program.command('status').description('show the running emulator'))
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async ({ output, ...flags }: StatusFlags) => {
      const found = await statusOf(adminClient(flags, context));
      context.out(output === 'json' ? printed(found) : lines(found).join(''));
    });
};

const statusOf = async (admin: AdminClient) => {
  const [info, clock, connections, faults, snapshots, refusals] = await Promise.all([
    admin.call('GET /info'),
    admin.call('GET /clock'),
    admin.call('GET /connections'),
    admin.call('GET /faults'),
    admin.call('GET /snapshots'),
    latestRefusals(admin),
  ]);
  return { ...info, clock, connections, faults, snapshots, refusals };
};

const lines = ({
  version,
  hostname,
  ports,
  auth,
  data,
  clock,
  connections,
  faults,
  snapshots,
  refusals,
}: Awaited<ReturnType<typeof statusOf>>): string[] => [
  `IoT Hub emulator ${version}, hub "${hostname}"${auth === 'off' ? ', auth OFF' : ''}\n`,
  `Ports        ${PORTS.map(({ label, name }) => `${label} ${ports[name]}`).join('; ')}\n`,
  ...(data === null || data === undefined
    ? []
    : [`Data         ${data.folder} (${data.durability})${data.failure === null ? '' : `: ${data.failure}`}\n`]),
  `Clock        ${clock.now} (${clock.mode})\n`,
  `Connections  ${connections.map(({ id }) => id).join(', ') || 'none'}\n`,
  `Faults       ${faults.map(({ id, effect, struck }) => `${id}: ${effect.type} (struck ${struck})`).join(', ') || 'none'}\n`,
  `Snapshots    ${snapshots.map(({ name }) => name).join(', ') || 'none'}\n`,
  `Refused      ${refusals.length === 0 ? 'nothing' : 'the latest ones:'}\n`,
  ...refusals.flatMap((one) => refusalLines(one).map((line, index) => `${' '.repeat(2 + 9 * index)}${line}\n`)),
];
