import { z } from 'zod';
import { UsageError } from '../../options.ts';

/** A number between two others, or a value that stays as it is. */
const Field = z.union([z.tuple([z.number(), z.number()]), z.string(), z.number(), z.boolean()]);

const Template = z.strictObject({
  telemetry: z.record(z.string(), Field).default({}),
  reported: z.record(z.string(), Field).default({}),
  methods: z.record(z.string(), z.json()).default({}),
});

/** What a simulated device sends, and how it answers. */
export type Template = z.output<typeof Template>;

/** A device that measures a climate. */
export const DEFAULT_TEMPLATE: Template = {
  telemetry: { temperature: [18, 25], humidity: [30, 60] },
  reported: { firmware: '1.0.0', battery: [80, 100] },
  methods: { ping: 'pong', reboot: { result: 'rebooted' } },
};

/** Throws UsageError. */
export const templateOf = (value: unknown): Template => {
  const parsed = Template.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`--template: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'is not valid'}`);
};

/** The values of the fields: of a range a number with at most two decimals. `random` gives a number from 0 to 1. */
export const valuesOf = (
  fields: Template['telemetry'],
  random: () => number,
): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, Array.isArray(field) ? between(field, random()) : field]),
  );

const between = ([low, high]: readonly [number, number], part: number): number =>
  Math.round((low + (high - low) * part) * 100) / 100;
