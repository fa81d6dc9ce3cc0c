import { HubError } from '../../../protocol/errors.ts';
import { isObject, type JsonObject, own } from '../../../protocol/json.ts';

/** An automatic configuration in a line of an import. */
export interface ConfigurationLine {
  readonly id: string;
  /** The body of a PUT. */
  readonly body: JsonObject;
  /** Which etag an existing configuration must have; `*` if the line has none. */
  readonly etag: string;
}

/**
 * Reads one line, members in any case. Throws ArgumentInvalid.
 * https://learn.microsoft.com/dotnet/api/microsoft.azure.devices.importconfiguration
 */
export const readConfigurationLine = (line: JsonObject): ConfigurationLine => {
  const body = renamed(line, (name) => name.charAt(0).toLowerCase() + name.slice(1));
  const [id, etag] = [own(body, 'id'), own(body, 'eTag') ?? own(body, 'etag')];
  if (typeof id !== 'string' || id === '') throw new HubError('ArgumentInvalid', 'A configuration must have an id.');
  return { id, body, etag: typeof etag === 'string' && etag !== '' ? etag : '*' };
};

/** The document as in exports: `TargetCondition` instead of `targetCondition`. */
export const pascalCased = (document: JsonObject): JsonObject => {
  const { etag = null, ...rest } = document;
  return { ...renamed(rest, (name) => name.charAt(0).toUpperCase() + name.slice(1)), ETag: etag };
};

/** Renames all members except those that users named. */
const renamed = (document: JsonObject, rename: (name: string) => string): JsonObject =>
  Object.fromEntries(
    Object.entries(document).map(([name, value]) => {
      const isFrame = isObject(value) && FRAMES.includes(name.toLowerCase());
      return [rename(name), isFrame ? renamed(value, rename) : value];
    }),
  );

const FRAMES = ['content', 'metrics', 'systemmetrics'];
