import { createReadStream } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import { isObject } from '../../protocol/json.ts';
import { TRACE_VERSION, type TraceHead, type TraceLine } from '../hub/trace/trace.ts';
import { linesOf } from '../lines.ts';
import { UsageError } from '../options.ts';

/**
 * The lines of a trace. One that was not ended, as after `kill -9`, gives what is there. Throws UsageError for another file, and for
 * a damaged one.
 */
export async function* readTrace(file: string): AsyncGenerator<TraceLine, void> {
  const lines = new Lines(file);
  try {
    for await (const text of linesOf(unzipped(file))) {
      const line = lines.take(text);
      if (line !== undefined) yield line;
    }
  } catch (error) {
    throw error instanceof UsageError ? error : lines.unreadable(error);
  }
  lines.end();
}

const unzipped = (file: string) => {
  const bytes = createReadStream(file).on('error', (error) => zip.destroy(error));
  // what was not written to its end can be read up to there
  const zip = bytes.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
  return zip;
};

/** What zlib says of a file without the first bytes of gzip. */
const NOT_COMPRESSED = 'incorrect header check';

/** What the lines of a trace tell of the file. */
class Lines {
  readonly #file: string;
  #head: TraceHead | undefined;
  #count = 0;
  /** Rows of a state that must follow. */
  #missing = 0;
  /** The last line of a trace that was cut off is not JSON. */
  #isCutOff = false;

  constructor(file: string) {
    this.#file = file;
  }

  take(text: string): TraceLine | undefined {
    if (this.#isCutOff) throw new UsageError(`${this.#file} is damaged: its line ${this.#count} is not JSON`);
    this.#count++;
    const line = lineOf(text);
    if (this.#head === undefined) {
      this.#head = this.#headIn(line);
      this.#missing = this.#head.rows ?? 0;
      return this.#head;
    }
    if (line === undefined) this.#isCutOff = true;
    else if ('row' in line) this.#missing--;
    else this.#demandRows();
    if (line !== undefined && 'restored' in line) this.#missing = line.rows ?? 0;
    return line;
  }

  end(): void {
    if (this.#head === undefined) throw new UsageError(`${this.#file} is not a trace: it is empty`);
    this.#demandRows();
  }

  /** Why no more lines come. */
  unreadable(error: unknown): UsageError {
    const { message, code } = error as NodeJS.ErrnoException; // streams reject with nothing else
    if (message === NOT_COMPRESSED && this.#head === undefined) return this.#notTrace();
    if (!code?.startsWith('Z_')) return new UsageError(`${this.#file} cannot be read: ${message}`);
    return new UsageError(`${this.#file} is damaged after its line ${this.#count}: ${message}`);
  }

  #demandRows(): void {
    if (this.#missing <= 0) return; // earlier traces do not say how many there are
    const place = `up to its line ${this.#count}, ${this.#missing} rows of a state of the hub are missing`;
    throw new UsageError(`${this.#file} was cut off, or is damaged: ${place}`);
  }

  #headIn(line: TraceLine | undefined): TraceHead {
    if (line === undefined || !('trace' in line)) throw this.#notTrace();
    if (line.trace > TRACE_VERSION)
      throw new UsageError(
        `${this.#file} is a trace of iothub-emulator ${line.by}, in a form that is newer than this version reads`,
      );
    if (!isObject(line.options) || !Array.isArray(line.sessions)) throw this.#notTrace();
    return line;
  }

  #notTrace(): UsageError {
    return new UsageError(`${this.#file} is not a trace: record one with --record`);
  }
}

const lineOf = (line: string): TraceLine | undefined => {
  try {
    const read: unknown = JSON.parse(line);
    return isObject(read) ? (read as unknown as TraceLine) : undefined; // as a recorder wrote it
  } catch {
    return undefined;
  }
};
