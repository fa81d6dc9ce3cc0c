import { Template } from '../../../protocol/admin/simulated.ts';
import { DEVICE_TEMPLATES } from '../../../protocol/device-templates.ts';
import { UsageError } from '../../options.ts';

/** A template by its name: one that every hub has, or one of `saved`. Throws UsageError. */
export const namedTemplate = async (
  name: string,
  saved: () => Promise<readonly (Template & { readonly name: string })[]>,
): Promise<Template> => {
  const known = Object.hasOwn(DEVICE_TEMPLATES, name) ? DEVICE_TEMPLATES[name] : undefined;
  if (known !== undefined) return known;
  const all = await saved();
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = new Set([...Object.keys(DEVICE_TEMPLATES), ...all.map((one) => one.name)]);
  throw new UsageError(`--template ${name}: there are ${[...names].join(', ')}, or give JSON`);
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
