import { Option } from 'commander';
import { addAdmin, findAdmin } from '../admin.ts';
import type { AddCommand } from './index.ts';

/** `status`: what runs, at what time, and what is made to go wrong. */
export const status: AddCommand = (program, context) => {
  addAdmin(program.command('status').description('show the running emulator'))
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (given: Readonly<Record<string, unknown>>) => {
      const admin = findAdmin(given, context);
      const get = async (path: string) => JSON.parse(await admin.ask('GET', path));
      const [info, clock, connections, faults, snapshots] = await Promise.all(
        ['/info', '/clock', '/connections', '/faults', '/snapshots'].map(get),
      );
      const found = { ...info, clock, connections, faults, snapshots };
      if (given.output === 'json') context.out(`${JSON.stringify(found, null, 2)}\n`);
      else context.out(lines(found).join(''));
    });
};

const lines = ({ version, hostname, ports, auth, clock, connections, faults, snapshots }: Found): string[] => [
  `IoT Hub emulator ${version}, hub "${hostname}"${auth === 'off' ? ', auth OFF' : ''}\n`,
  `Ports        HTTPS ${ports.https}, MQTTS ${ports.mqtt}, admin ${ports.admin}\n`,
  `Clock        ${clock.now} (${clock.mode})\n`,
  `Connections  ${connections.map(({ id }) => id).join(', ') || 'none'}\n`,
  `Faults       ${faults.map(({ id, effect, struck }) => `${id}: ${effect.type} (struck ${struck})`).join(', ') || 'none'}\n`,
  `Snapshots    ${snapshots.map(({ name }) => name).join(', ') || 'none'}\n`,
];

/** As the emulator's own API says it. */
interface Found {
  readonly version: string;
  readonly hostname: string;
  readonly auth: string;
  readonly ports: { readonly https: number; readonly mqtt: number; readonly admin: number };
  readonly clock: { readonly now: string; readonly mode: string };
  readonly connections: readonly { readonly id: string }[];
  readonly faults: readonly {
    readonly id: string;
    readonly effect: { readonly type: string };
    readonly struck: number;
  }[];
  readonly snapshots: readonly { readonly name: string }[];
}
