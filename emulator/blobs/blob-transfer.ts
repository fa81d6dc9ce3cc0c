import { HubError } from '../../protocol/errors.ts';
import type { ExportLines } from '../hub/import-export/export-lines.ts';
import type { ImportExportOrder } from '../hub/import-export/import-export-job.ts';
import type { BlobTransfer } from '../hub/import-export/import-export-jobs.ts';
import type { Log } from '../log.ts';
import { BlobError } from './blob-error.ts';
import { Container, type Deadlines } from './container.ts';
import { stoppable } from './stoppable.ts';
import { withTurns } from './with-turns.ts';

export interface BlobTransferOptions {
  readonly log: Log;
  /** Ends everything that is going on when it is aborted. */
  readonly closing?: AbortSignal;
  /** How long a server may be silent, ms; default 60 s, and 15 s while a job is checked. */
  readonly timeoutMs?: number;
}

/** Transfers imports and exports from and to blobs, at the URLs of their jobs. */
export const createBlobTransfer = ({ log, closing = NEVER, timeoutMs }: BlobTransferOptions): BlobTransfer => ({
  async check(order) {
    const deadlines = { signal: closing, timeoutMs: timeoutMs ?? CHECK_MS };
    const validate = async (text: string, access: () => Promise<void>): Promise<void> => {
      await access().catch((error: unknown) => {
        if (!(error instanceof BlobError)) throw error;
        throw new HubError('BlobContainerValidationError', text, { hint: error.message });
      });
    };
    await validate('Unauthorized to write to output blob container', async () =>
      new Container(order.output, deadlines).write(PROBE, []),
    );
    await validate('Unauthorized to delete from output blob container', async () =>
      new Container(order.output, deadlines).delete(PROBE),
    );
    if (order.type === 'import')
      await validate('Failed to read devices blob from the input container.', async () =>
        new Container(order.input, deadlines).probe(order.devices),
      );
  },

  transfer(order, lines, ended) {
    const { signal, stop, release } = stoppable(closing);
    const deadlines = { signal, timeoutMs };
    const running = order.type === 'import' ? importAll(order, lines, deadlines) : exportAll(order, lines, deadlines);
    void running.catch(() => {}).then(release);
    running.then(
      () => ended(),
      (error: unknown) => {
        const isKnown = error instanceof BlobError;
        if (!isKnown && !signal.aborted) log.error(`The ${order.type} failed`, error);
        ended(isKnown ? error.message : 'An internal error occurred.');
      },
    );
    return stop;
  },
});

type Order<T> = Extract<ImportExportOrder, { readonly type: T }>;

const NEVER = new AbortController().signal;

const exportAll = async (order: Order<'export'>, lines: ExportLines, deadlines: Deadlines): Promise<void> => {
  const { signal } = deadlines;
  const output = new Container(order.output, deadlines);
  await output.write(order.devices, endLines(withTurns(lines.devices(order), signal)));
  if (order.configurations !== undefined)
    await output.write(order.configurations, endLines(withTurns(lines.configurations(), signal)));
};

const importAll = async (order: Order<'import'>, lines: ExportLines, deadlines: Deadlines): Promise<void> => {
  const { signal } = deadlines;
  const input = new Container(order.input, deadlines);
  const errors: string[] = [];
  const apply = async (blob: string, write: (line: string) => string | undefined): Promise<void> => {
    for await (const line of withTurns(input.lines(blob), signal)) {
      const error = line.trim() === '' ? undefined : write(line);
      if (error !== undefined) errors.push(error);
    }
  };
  await apply(order.devices, (line) => lines.writeDevice(line));
  if (order.configurations !== undefined) await apply(order.configurations, (line) => lines.writeConfiguration(line));
  if (errors.length > 0)
    await new Container(order.output, deadlines).write(ERROR_LOG, endLines(withTurns(errors, signal)));
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#import-errors
const ERROR_LOG = 'importErrors.log';

const PROBE = 'iothub-emulator-probe';
const CHECK_MS = 15_000;

async function* endLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
