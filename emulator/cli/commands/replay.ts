import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Option } from 'commander';
import { HubError } from '../../../protocol/errors.ts';
import { plainEvent } from '../../plain-event.ts';
import type { Changes, Replayed, TraceInput } from '../../traces/replay.ts';
import { pointing } from '../caret.ts';
import { EXIT, Failure } from '../context.ts';
import { asTable } from '../table.ts';
import { writeNamed } from '../write-named.ts';
import { type AddCommand, printed } from './command.ts';

interface ReplayFlags {
  readonly until?: string;
  readonly break?: string;
  readonly step?: true;
  readonly against?: true;
  readonly export?: string;
  readonly then?: string;
}

const EXAMPLES = `
iothub-emulator start --record run.trace      # and later:
iothub-emulator replay run.trace --break 'properties.reported.celsius > 100'
iothub-emulator replay run.trace --until 2026-01-01T12:00:00Z --export hub.json
iothub-emulator replay run.trace --until 2026-01-01T12:00:00Z --then fault.yaml   # what would have been different
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
    .addOption(
      new Option(
        '--then <file>',
        'go on from there to the end with the faults of this file, and say what differs from the recorded run',
      ).conflicts('against'),
    )
    .option('--export <file>', 'write all twins and identities as they are then')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: ReplayFlags) => {
      const { replay: play } = await import('../../traces/replay.ts');
      const steps = flags.step && new Steps((text) => context.out(text));
      try {
        const each = steps && ((input: TraceInput) => steps.next(input));
        const options = {
          until: flags.until,
          breakOn: flags.break,
          compares: flags.against,
          each,
          ...(flags.then === undefined ? {} : thenOf(resolve(context.folder, flags.then))),
        };
        const result = await pointing(flags.break ?? '', () =>
          play(resolve(context.folder, file), options).catch(refuse),
        );
        report(result, flags, (text) => context.out(text));
        if (flags.export !== undefined) writeNamed(flags.export, printed(result.export()), context);
        if (result.deviation !== undefined || result.isEqual === false) throw new Failure(EXIT.failed);
      } finally {
        steps?.close();
      }
    });
};

/** A moment or a condition that is not valid. */
const refuse = (error: unknown): never => {
  if (!(error instanceof HubError)) throw error;
  throw new Failure(EXIT.usage, error.hint === undefined ? error.text : `--break: ${error.hint}`);
};

/** Linters take an object with `then: …` for a promise. */
const thenOf = (then: string) => ({ then });

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

const report = (result: Replayed, flags: ReplayFlags, out: (text: string) => void): void => {
  const { inputs, event, clock, stopped, key, deviation, isEqual, twin, changes, missing } = result;
  out(`${inputs} inputs, ${event} events, until ${iso(clock.now())}.\n`);
  if (result.beginsLater) out(`The trace begins after ${flags.until}.\n`);
  if (deviation !== undefined) {
    const [number, type, subject] = deviation.expected ?? [];
    out(`The first event that differs comes from input ${deviation.input}.\n`);
    out(
      number === undefined ? 'The trace has no event there.\n' : `The trace has event ${number}: ${type} ${subject}\n`,
    );
    out(
      deviation.actual === undefined
        ? 'This hub has no event there.\n'
        : `This hub has: ${eventText(deviation.actual)}`,
    );
  }
  if (stopped === 'break' && key !== undefined) out(`${flags.break}: true for ${key}.\n${printed(twin)}`);
  if (!result.isReached) out(unreachedText(flags));
  for (const text of missing) out(`The trace does not have ${text}.\n`);
  if (changes !== undefined) out(changesText(changes));
  if (isEqual !== undefined)
    out(isEqual ? 'The export is that of the trace, to the last byte.\n' : 'The export is not that of the trace.\n');
  else if (stopped === 'end' && changes === undefined)
    out('The trace has no end: the emulator was killed, or still runs.\n');
};

/** As `events` prints it. */
const eventText = (event: Parameters<typeof plainEvent>[0]): string => printed(plainEvent(event));

const unreachedText = ({ until, break: condition, then }: ReplayFlags): string =>
  [
    until === undefined ? '' : `The trace ends before ${/^\d+$/.test(until) ? `event ${until}` : until}.\n`,
    condition === undefined ? '' : `${condition}: true for no twin up to the end of the trace.\n`,
    then === undefined ? '' : `So the faults of ${then} were not applied.\n`,
  ].join('');

/** What is different with other faults. */
const changesText = ({ first, events, twins, faults, delayed }: Changes): string =>
  [
    ...faults.map(({ id, matched, struck }) => `${id}: ${matched} operations matched, ${struck} failed.\n`),
    first === undefined ? 'No event differs from the recorded run.\n' : firstText(first),
    events.length === 0 ? '' : `\n${asTable(events)}`,
    twins.length === 0
      ? ''
      : `\n${asTable(twins.map(({ key, path, before, after }) => ({ key, path, recorded: before, instead: after })))}`,
    delayed === 0 ? '' : `${delayed} operations were still delayed at the end.\n`,
  ].join('');

const firstText = ({ input, recorded, instead }: NonNullable<Changes['first']>): string =>
  [
    `The first event that differs comes from input ${input}.\n`,
    recorded === undefined ? 'The recorded run has no event there.\n' : `The recorded run has: ${eventText(recorded)}`,
    instead === undefined ? 'Instead nothing happens.\n' : `Instead: ${eventText(instead)}`,
  ].join('');

const iso = (ms: number): string => new Date(ms).toISOString();
