import { createWriteStream, openSync } from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
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

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
