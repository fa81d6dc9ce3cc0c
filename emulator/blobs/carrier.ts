import { setImmediate as turn } from 'node:timers/promises';
import { HubError } from '../../protocol/errors.ts';
import type { ImportExportOrder } from '../hub/import-export-job.ts';
import type { Carrier } from '../hub/import-export-jobs.ts';
import type { RegistryLines } from '../hub/registry-lines.ts';
import type { Log } from '../log.ts';
import { BlobError, Container } from './container.ts';

/** Carries imports and exports to and from blobs, by the URLs that their jobs name. */
export const blobCarrier = (log: Log): Carrier => ({
  async check(order) {
    const signal = AbortSignal.timeout(CHECK_MS);
    const demand = async (text: string, work: () => Promise<void>): Promise<void> => {
      await work().catch((error: unknown) => {
        if (!(error instanceof BlobError)) throw error;
        throw new HubError('BlobContainerValidationError', text, { hint: error.message });
      });
    };
    await demand('Unauthorized to write to output blob container', async () =>
      new Container(order.output, signal).write(PROBE, []),
    );
    await demand('Unauthorized to delete from output blob container', async () =>
      new Container(order.output, signal).delete(PROBE),
    );
    if (order.type === 'import')
      await demand('Failed to read devices blob from the input container.', async () =>
        new Container(order.input, signal).demand(order.devices),
      );
  },

  carry(order, lines, ended) {
    const stopped = new AbortController();
    const carrying =
      order.type === 'import' ? importAll(order, lines, stopped.signal) : exportAll(order, lines, stopped.signal);
    carrying.then(
      () => ended(),
      (error: unknown) => {
        const isKnown = error instanceof BlobError;
        if (!isKnown && !stopped.signal.aborted) log.error(`The ${order.type} failed`, error);
        ended(isKnown ? error.message : 'An internal error occurred.');
      },
    );
    return () => stopped.abort();
  },
});

type Order<T> = Extract<ImportExportOrder, { readonly type: T }>;

const exportAll = async (order: Order<'export'>, lines: RegistryLines, signal: AbortSignal): Promise<void> => {
  const output = new Container(order.output, signal);
  await output.write(order.devices, ended(paced(lines.devices(order), signal)));
  if (order.configurations !== undefined)
    await output.write(order.configurations, ended(paced(lines.configurations(), signal)));
};

const importAll = async (order: Order<'import'>, lines: RegistryLines, signal: AbortSignal): Promise<void> => {
  const input = new Container(order.input, signal);
  const errors: string[] = [];
  const apply = async (blob: string, write: (line: string) => string | undefined): Promise<void> => {
    for await (const line of paced(input.lines(blob), signal)) {
      const wrong = line.trim() === '' ? undefined : write(line);
      if (wrong !== undefined) errors.push(wrong);
    }
  };
  await apply(order.devices, (line) => lines.writeDevice(line));
  if (order.configurations !== undefined) await apply(order.configurations, (line) => lines.writeConfiguration(line));
  if (errors.length > 0) await new Container(order.output, signal).write(ERROR_LOG, ended(paced(errors, signal)));
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#import-errors
const ERROR_LOG = 'importErrors.log';

const PROBE = 'iothub-emulator-probe';
const CHECK_MS = 15_000;
const SLICE_MS = 4;

/** The same items, with turns of the event loop in between; stops with `signal`. */
async function* paced<T>(items: Iterable<T> | AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let end = performance.now() + SLICE_MS;
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
    if (performance.now() < end) continue;
    await turn();
    end = performance.now() + SLICE_MS;
  }
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
