import type { FleetDriftState, TwinDrift } from '../../../protocol/admin/drift.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

interface DriftFlags extends AdminFlags {
  readonly module?: string;
  readonly limit: string;
  readonly json?: true;
}

/** `drift`: what devices have not followed of what is desired. */
export const drift: AddCommand = (program, context) => {
  const command = program.command('drift [device]');
  addAdminFlags(command.description('show which desired properties were reported in another way, or not reported'))
    .option('--module <id>', 'of this module of the device')
    .option('--limit <number>', 'at most so many devices and modules', '20')
    .option('--json', 'print JSON')
    .action(async (deviceId: string | undefined, { module, limit, json, ...flags }: DriftFlags) => {
      const admin = adminClient(flags, context);
      if (deviceId === undefined) {
        const state = await admin.call('GET /drift', { query: { limit } });
        context.out(json ? printed(state) : fleetText(state));
        return;
      }
      const found = await (module === undefined
        ? admin.call('GET /drift/:deviceId', { params: { deviceId } })
        : admin.call('GET /drift/:deviceId/modules/:moduleId', { params: { deviceId, moduleId: module } }));
      context.out(json ? printed(found) : twinText(found));
    });
};

const NOTHING = 'Everything that is desired was reported.\n';

/** For people. */
const fleetText = ({ examined, different, missing, properties, twins }: FleetDriftState): string => {
  if (different + missing === 0) return NOTHING;
  const summary = `${examined} twins: ${different} differ from what is desired, ${missing} have not reported it.`;
  return [`${summary}\n`, asTable(properties), asTable(twins)].join('\n');
};

const twinText = (found: TwinDrift): string => (found.length === 0 ? NOTHING : asTable(found));
