import { createReadStream, createWriteStream, openSync } from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { TRACE_VERSION, type TraceHead, type TraceLine } from '../hub/trace/trace.ts';
import { linesOf } from '../lines.ts';
import { UsageError } from '../options.ts';

/** Takes lines and compresses them. */
export interface TraceSink {
  /** True if it takes no more. */
  readonly isFull: boolean;
  write(line: string): void;
  /** Resolves when all is written. Rejects if it cannot be. */
  close(): Promise<void>;
}

/** `failed` is called at once if the file can be written no longer. Throws UsageError if it cannot be made. */
export const createTraceFile = (file: string, failed: (error: Error) => void = () => {}): TraceSink => {
  const zip = createGzip();
  const written = pipeline(zip, createWriteStream(file, { fd: descriptorOf(file) }));
  written.catch(failed);
  let isFlushing = false;
  let hasMore = false;
  // what a killed process has not flushed is lost: one flush at a time, for all lines that came meanwhile
  const flush = (): void => {
    if (zip.destroyed || zip.writableEnded) return;
    hasMore = isFlushing;
    if (isFlushing) return;
    isFlushing = true;
    zip.flush(constants.Z_SYNC_FLUSH, () => {
      isFlushing = false;
      if (hasMore) flush();
    });
  };
  return {
    isFull: false,
    write: (line) => {
      if (zip.destroyed) return;
      zip.write(`${line}\n`);
      flush();
    },
    close: async () => {
      zip.end();
      await written;
    },
  };
};

const descriptorOf = (file: string): number => {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw new UsageError(`The trace ${file} cannot be written: ${textOf(error)}. Choose another file.`);
  }
};

/** Compressed bytes that a trace in memory may have. */
const MAX_MEMORY = 32 * 1024 ** 2;

/** A trace in memory. */
export interface TraceMemory extends TraceSink {
  /** What there is so far, as a file has it. */
  content(): Promise<Buffer>;
}

export const createTraceMemory = (maxBytes = MAX_MEMORY): TraceMemory => {
  const zip = createGzip();
  const chunks: Buffer[] = [];
  let bytes = 0;
  zip.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
  });
  const flushed = () => new Promise<void>((done) => zip.flush(constants.Z_SYNC_FLUSH, done));
  return {
    get isFull() {
      return bytes > maxBytes;
    },
    write: (line) => void zip.write(`${line}\n`),
    content: async () => {
      if (!zip.writableEnded) await flushed();
      return Buffer.concat(chunks);
    },
    close: async () => {
      if (!zip.writableEnded) await finished(zip.end());
    },
  };
};

/** The lines of a trace. One that was not ended, as after `kill -9`, gives what is there. Throws UsageError for another file. */
export async function* readTrace(file: string): AsyncGenerator<TraceLine, void> {
  // what was not written to its end can be read up to there
  const text = createReadStream(file).on('error', (error) => zip.destroy(error));
  const zip = text.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
  let isFirst = true;
  try {
    for await (const line of linesOf(zip)) {
      const read = lineOf(line);
      if (isFirst) checkHead(file, read);
      if (read === undefined) return;
      isFirst = false;
      yield read;
    }
  } catch (error) {
    throw isFirst && !(error instanceof UsageError)
      ? new UsageError(`${file} cannot be read: ${textOf(error)}`)
      : error;
  }
  if (isFirst) throw new UsageError(`${file} is not a trace: it is empty`);
}

/** The last line of a trace that was cut off is not JSON. */
const lineOf = (line: string): TraceLine | undefined => {
  try {
    return JSON.parse(line) as TraceLine; // as a recorder wrote it
  } catch {
    return undefined;
  }
};

const checkHead = (file: string, line: TraceLine | undefined): void => {
  if (line === undefined || typeof line !== 'object' || line === null || !('trace' in line))
    throw new UsageError(`${file} is not a trace: record one with --record`);
  const { trace, by }: Pick<TraceHead, 'by'> & { readonly trace: number } = line;
  if (trace > TRACE_VERSION)
    throw new UsageError(
      `${file} is a trace of iothub-emulator ${by}, in a form that is newer than this version reads`,
    );
};

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
