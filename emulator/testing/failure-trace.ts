import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Hub } from '../hub/hub.ts';
import { Recorder } from '../hub/trace/recorder.ts';
import { VirtualClock } from '../kernel/clock.ts';
import { version } from '../version.ts';

/** Characters of lines; a test that needs more leaves no trace. */
const MOST = 64 * 1024 ** 2;

/** What the hub of a test gets, for the case that the test fails: with `IOTHUB_TRACE=failures`. */
export class FailureTrace {
  static #saved = 0;
  readonly #lines: string[] = [];
  readonly #recorder: Recorder;
  #size = 0;
  #isStopped = false;

  /** Undefined if no traces are wanted, or if the hub has the machine's clock. */
  static of(hub: Hub): FailureTrace | undefined {
    const isWanted = process.env.IOTHUB_TRACE === 'failures' && hub.clock instanceof VirtualClock;
    return isWanted ? new FailureTrace(hub) : undefined;
  }

  private constructor(hub: Hub) {
    this.#recorder = new Recorder(hub, {
      by: version(),
      options: hub.settings,
      write: (line) => this.#keep(line),
    });
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#recorder.stop();
  }

  /** Writes it, and gives the lines that tell how to replay it. */
  save(): string[] {
    this.stop();
    if (this.#size > MOST) return ['  its trace was too large to keep'];
    FailureTrace.#saved += 1;
    const name = `iothub-${process.pid}-${FailureTrace.#saved}.trace`;
    const file = join(process.env.IOTHUB_TRACE_FOLDER ?? process.cwd(), name);
    try {
      writeFileSync(file, gzipSync(`${this.#lines.join('\n')}\n`));
    } catch (error) {
      return [`  its trace was not written: ${error instanceof Error ? error.message : error}`];
    }
    return ['  to replay it:', `    npx iothub-emulator replay ${relative(process.cwd(), file)}`];
  }

  #keep(line: string): void {
    this.#size += line.length;
    if (this.#size <= MOST) this.#lines.push(line);
    else this.#lines.length = 0;
  }
}
