import { Argument, Option } from 'commander';
import type { HistoryList, LatestVersions } from '../../../protocol/admin/history.ts';
import { UsageError } from '../../options.ts';
import type { AdminClient } from '../admin-client.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

interface HistoryFlags extends AdminFlags {
  readonly module?: string;
  readonly against?: string;
  readonly at?: string;
  readonly limit: string;
  readonly json?: true;
}

/** `history`: earlier versions of a twin and its identity. */
export const history: AddCommand = (program, context) => {
  addAdminFlags(
    program
      .command('history [device]')
      .description(
        'show the versions of a twin and its identity, or the latest of all: when, by whom, and what has changed',
      )
      .addArgument(new Argument('[version]', 'print this version')),
  )
    .option('--module <id>', 'of this module of the device')
    .option('--limit <number>', 'without a device: at most so many', '50')
    .option('--against <version>', 'compare the version with this one')
    .addOption(
      new Option(
        '--at <moment>',
        'print the twin as it was at a time, or right after the event of this number',
      ).conflicts('against'),
    )
    .option('--json', 'print JSON')
    .action(
      async (
        deviceId: string | undefined,
        version: string | undefined,
        { module, against, at, limit, json, ...flags }: HistoryFlags,
      ) => {
        const admin = adminClient(flags, context);
        if (deviceId === undefined) {
          if (at !== undefined || module !== undefined) throw new UsageError('--at and --module need a device');
          const latest = await latestOf(admin, Number(limit));
          context.out(json ? printed(latest) : latestText(latest));
        } else if (at !== undefined) {
          context.out(
            printed(
              await (module === undefined
                ? admin.call('GET /at/:moment/twins/:deviceId', { params: { moment: at, deviceId } })
                : admin.call('GET /at/:moment/twins/:deviceId/modules/:moduleId', {
                    params: { moment: at, deviceId, moduleId: module },
                  })),
            ),
          );
        } else if (version !== undefined) {
          const query = { against };
          context.out(
            printed(
              await (module === undefined
                ? admin.call('GET /history/:deviceId/:version', { params: { deviceId, version }, query })
                : admin.call('GET /history/:deviceId/modules/:moduleId/:version', {
                    params: { deviceId, moduleId: module, version },
                    query,
                  })),
            ),
          );
        } else {
          const versions = await (module === undefined
            ? admin.call('GET /history/:deviceId', { params: { deviceId } })
            : admin.call('GET /history/:deviceId/modules/:moduleId', { params: { deviceId, moduleId: module } }));
          context.out(json ? printed(versions) : historyText(versions));
        }
      },
    );
};

/** As many as the hub gives at once. */
const PAGE = 500;

const latestOf = async (admin: AdminClient, limit: number): Promise<LatestVersions> => {
  const found: LatestVersions = [];
  for (;;) {
    const last = found.at(-1);
    const before = last && `${last.event}/${last.version}/${last.id}`;
    const asked = Math.min(PAGE, limit - found.length);
    const page = await admin.call('GET /history', { query: { limit: String(asked), before } });
    found.push(...page);
    if (page.length < asked || found.length >= limit) return found;
  }
};

/** For people: a row for each change. */
const historyText = (versions: HistoryList): string =>
  asTable(
    versions.flatMap(({ changes, ...head }): readonly Readonly<Record<string, unknown>>[] =>
      changes.length === 0
        ? [head]
        : changes.map((change, index) => ({ ...(index === 0 ? head : NOTHING), ...change })),
    ),
    COLUMNS,
  );

const latestText = (latest: LatestVersions): string =>
  asTable(
    latest.flatMap(({ changes, what, ...head }): readonly Readonly<Record<string, unknown>>[] => {
      if (what !== 'changed' || changes.length === 0) return [{ ...head, path: what }];
      return changes.map((change, index) => ({ ...(index === 0 ? head : { id: '', ...NOTHING }), ...change }));
    }),
    COLUMNS,
  );

/** A member that was added has no `before`, so its row would put that column last. */
const COLUMNS = ['id', 'version', 'event', 'at', 'by', 'path', 'before', 'after'];

const NOTHING = { version: '', event: '', at: '', by: '' };
