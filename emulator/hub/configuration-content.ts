import { HubError } from '../../protocol/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import { treeOf } from './settings-tree.ts';
import { checkSection } from './twin-rules.ts';

/** One entry of a configuration: a value and where in the desired properties it goes; no path is all of them. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

/** What a configuration writes, and into which twins. Immutable. */
export type ConfigurationContent = { readonly document: JsonObject } & (
  | { readonly kind: 'device' | 'module'; readonly settings: readonly Setting[] }
  | {
      readonly kind: 'edge';
      readonly modules: ReadonlyMap<string, readonly Setting[]>;
      /** False for a layered deployment, which only adds to a whole one. */
      readonly whole: boolean;
    }
);

/**
 * Reads the `content` of a configuration. Throws InvalidConfigurationContent.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management#implement-twins
 * https://learn.microsoft.com/azure/iot-edge/module-deployment-monitoring
 */
export const readContent = (content: Json | undefined, limits: Limits): ConfigurationContent => {
  if (!isObject(content)) throw invalid('content is required.');
  const given = KINDS.filter(({ member }) => isObject(own(content, member)));
  // C# and Java send empty objects for the kinds that are not meant
  const meant = given.length > 1 ? given.filter(({ member }) => !isEmpty(own(content, member))) : given;
  const [chosen, ...others] = meant;
  if (chosen === undefined || others.length > 0)
    throw invalid('content must have exactly one of deviceContent, moduleContent and modulesContent.');
  const body = own(content, chosen.member);
  if (!isObject(body)) throw invalid(`${chosen.member} must be a JSON object.`);
  const document = { [chosen.member]: body };
  if (chosen.kind !== 'edge') return { kind: chosen.kind, document, settings: readSettings(body, limits) };
  const modules = new Map(
    Object.entries(body).map(([moduleId, value]) => {
      if (!isObject(value)) throw invalid(`${moduleId} must be a JSON object.`);
      return [moduleId, readSettings(value, limits)] as const;
    }),
  );
  const agent = modules.get('$edgeAgent');
  if (agent === undefined) throw invalid('modulesContent must have $edgeAgent.');
  return { kind: 'edge', document, modules, whole: agent.some(({ path }) => path.length === 0) };
};

/** The modules that an edge device needs for `content`: those it writes to and those that it makes the agent run. */
export const modulesNeeded = (content: ConfigurationContent): readonly string[] => {
  if (content.kind !== 'edge') return [];
  const agent = treeOf(content.modules.get('$edgeAgent') ?? []);
  const run = own(agent, 'modules');
  return [...new Set([...content.modules.keys(), ...(isObject(run) ? Object.keys(run) : [])])];
};

const KINDS = [
  { member: 'deviceContent', kind: 'device' },
  { member: 'moduleContent', kind: 'module' },
  { member: 'modulesContent', kind: 'edge' },
] as const;

const PREFIX = 'properties.desired';

const readSettings = (body: JsonObject, limits: Limits): readonly Setting[] => {
  const settings = Object.entries(body).map(([name, value]): Setting => {
    if (name === PREFIX) {
      if (!isObject(value)) throw invalid(`${PREFIX} must be a JSON object.`);
      return { path: [], value };
    }
    const path = name.startsWith(`${PREFIX}.`) ? name.slice(PREFIX.length + 1).split('.') : [''];
    if (path.includes('')) throw invalid(`${name} is not in ${PREFIX}.`);
    return { path, value };
  });
  try {
    checkSection(treeOf(settings), limits);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw invalid(error.message);
  }
  return settings;
};

const isEmpty = (value: Json | undefined): boolean => isObject(value) && Object.keys(value).length === 0;

const invalid = (message: string): HubError => new HubError('InvalidConfigurationContent', message);
