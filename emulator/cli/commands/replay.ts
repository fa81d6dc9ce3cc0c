import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Replayed, TraceInput } from '../../traces/replay.ts';
import { EXIT, Failure } from '../context.ts';
import { type AddCommand, printed } from './command.ts';

interface ReplayFlags {
  readonly until?: string;
  readonly break?: string;
  readonly step?: true;
  readonly against?: true;
  readonly export?: string;
}

const EXAMPLES = `
iothub-emulator start --record run.trace      # and later:
iothub-emulator replay run.trace --break 'properties.reported.celsius > 100'
iothub-emulator replay run.trace --until 2026-01-01T12:00:00Z --export hub.json
iothub-emulator replay run.trace --against    # the first event that another version of the code changes`;

/** `replay`: the same hub again, from a trace. */
export const replay: AddCommand = (program, context) => {
  program
    .command('replay <file>')
    .description('play a trace of `start --record` again: the same hub, event by event')
    .option('--until <moment>', 'stop at this time, or after the event of this number')
    .option('--break <condition>', 'stop when this condition on twins becomes true, such as "tags.hall = 4"')
    .option('--step', 'print each input, and wait for Enter')
    .option('--against', 'stop at the first event that differs from the trace')
    .option('--export <file>', 'write all twins and identities as they are then')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: ReplayFlags) => {
      const { replay: play } = await import('../../traces/replay.ts');
      const steps = flags.step && new Steps((text) => context.out(text));
      try {
        const each = steps && ((input: TraceInput) => steps.next(input));
        const result = await play(resolve(context.folder, file), {
          until: flags.until,
          breakOn: flags.break,
          compares: flags.against,
          each,
        });
        report(result, flags, (text) => context.out(text));
        if (flags.export !== undefined) writeFileSync(resolve(context.folder, flags.export), printed(result.export()));
        if (result.deviation !== undefined || result.isEqual === false) throw new Failure(EXIT.failed);
      } finally {
        steps?.close();
      }
    });
};

/** Waits for a line of standard input after each input of the hub. */
class Steps {
  readonly #out: (text: string) => void;
  readonly #lines = createInterface({ input: process.stdin });
  readonly #next = this.#lines[Symbol.asyncIterator]();

  constructor(out: (text: string) => void) {
    this.#out = out;
  }

  async next({ input, at, op, by, args = [] }: TraceInput): Promise<void> {
    const given = args.map((value) => JSON.stringify(value)).join(' ');
    this.#out(`${input}  ${iso(at)}  ${by ?? ''}  ${op} ${given.length > 200 ? `${given.slice(0, 200)}…` : given}\n`);
    await this.#next.next();
  }

  close(): void {
    this.#lines.close();
  }
}

const report = (result: Replayed, { break: condition }: ReplayFlags, out: (text: string) => void): void => {
  const { inputs, event, clock, stopped, key, deviation, isEqual, twin } = result;
  out(`${inputs} inputs, ${event} events, until ${iso(clock.now())}.\n`);
  if (deviation !== undefined) {
    const [number, type, subject] = deviation.expected ?? [];
    out(`The first event that differs comes from input ${deviation.input}.\n`);
    out(
      number === undefined ? 'The trace has no event there.\n' : `The trace has event ${number}: ${type} ${subject}\n`,
    );
    out(
      deviation.actual === undefined ? 'This hub has no event there.\n' : `This hub has: ${printed(deviation.actual)}`,
    );
  }
  if (stopped === 'break' && key !== undefined) out(`${condition}: true for ${key}.\n${printed(twin)}`);
  if (isEqual !== undefined)
    out(isEqual ? 'The export is that of the trace, to the last byte.\n' : 'The export is not that of the trace.\n');
  else if (stopped === 'end') out('The trace has no end: the emulator was killed, or still runs.\n');
};

const iso = (ms: number): string => new Date(ms).toISOString();
