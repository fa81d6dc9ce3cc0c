import { Template } from '../../../protocol/admin/simulated.ts';
import { DEVICE_TEMPLATES } from '../../../protocol/device-templates.ts';
import { UsageError } from '../../options.ts';

/** A template by its name. Throws UsageError. */
export const namedTemplate = (name: string): Template => {
  const found = Object.hasOwn(DEVICE_TEMPLATES, name) ? DEVICE_TEMPLATES[name] : undefined;
  if (found === undefined)
    throw new UsageError(`--template ${name}: there are ${Object.keys(DEVICE_TEMPLATES).join(', ')}, or give JSON`);
  return found;
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
