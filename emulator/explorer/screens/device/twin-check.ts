import { HubError } from '../../../../protocol/errors.ts';
import { isObject, type JsonObject } from '../../../../protocol/json.ts';
import { LIMITS } from '../../../../protocol/limits.ts';
import { sizeOf } from '../../../hub/twins/twin.ts';
import { checkSection } from '../../../hub/twins/twin-rules.ts';
import { jsonErrorAt } from '../../text/json-error.ts';
import { merged } from '../../text/paths.ts';
import type { Part } from './data.ts';

export type Target = Exclude<Part, 'reported'>;
export type Mode = 'patch' | 'replace';

/** What is being edited, against what the twin has. */
export interface Edit {
  readonly target: Target;
  readonly mode: Mode;
  readonly text: string;
  readonly current: JsonObject;
  readonly version: number | undefined;
  /** True if the device hears of changes of its desired properties at once. */
  readonly isListening: boolean;
}

export type Checked =
  | { readonly patch: JsonObject; readonly preview: string }
  /** `position`: where in the text, if that can be told. */
  | { readonly problem: string; readonly position?: number };

/** Checks an edit by the hub's own rules, before it is sent. */
export const checkEdit = (edit: Edit): Checked => {
  const read = parse(edit.text);
  if ('problem' in read) return read;
  const { value } = read;
  try {
    checkSection(value, LIMITS.azure);
  } catch (error) {
    return { problem: textOf(error), ...positionOf(edit.text, error) };
  }
  const after = edit.mode === 'patch' ? merged(edit.current, value) : value;
  const size = sizeOf(after);
  const limit = edit.target === 'tags' ? LIMITS.azure.tagsBytes : LIMITS.azure.desiredBytes;
  if (size > limit)
    return {
      problem: `The ${edit.target} would have ${size.toLocaleString('en')} bytes; ${limit.toLocaleString('en')} are allowed.`,
    };
  return { patch: value, preview: previewOf(edit) };
};

const parse = (
  text: string,
): { readonly value: JsonObject } | { readonly problem: string; readonly position?: number } => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value)
      ? { value }
      : { problem: 'Write a JSON object, such as {"telemetry": {"intervalMs": 2000}}.' };
  } catch (error) {
    const position = jsonErrorAt(text);
    const message = error instanceof Error ? error.message : String(error);
    return { problem: `This is not valid JSON: ${message}`, ...(position === undefined ? {} : { position }) };
  }
};

/** The service's own text of a refusal. */
const textOf = (error: unknown): string => (error instanceof HubError ? error.text : String(error));

/** The rules name the property; it is underlined where its name first stands. */
const NAMED = /(?:in Property\/Tag (?=(.+?)\. Must)|Property (?=(\S+) (?:has|of)))/s;

const positionOf = (text: string, error: unknown): { position?: number } => {
  const [, key, property] = NAMED.exec(textOf(error)) ?? [];
  const name = key ?? property;
  const at = name === undefined ? -1 : text.indexOf(`"${name}"`);
  return at < 0 ? {} : { position: at };
};

const previewOf = ({ target, version, isListening }: Edit): string => {
  if (target === 'tags') return 'Preview: tags have no version; the device does not see them';
  const next = `Preview: desired $version ${(version ?? 0) + 1}`;
  return isListening ? `${next} · the device hears it at once` : `${next} · the device sees it when it asks`;
};
