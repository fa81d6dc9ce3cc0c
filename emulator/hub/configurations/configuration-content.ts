import { type ErrorDetails, HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { checkSection } from '../twins/twin-rules.ts';
import { type Setting, treeOf } from './settings-tree.ts';

/** What a configuration writes, and into which twins. Immutable. */
export type ConfigurationContent = EdgeContent | TwinContent;

/** Settings for the twins of devices or of modules. */
interface TwinContent {
  readonly kind: 'device' | 'module';
  readonly document: JsonObject;
  readonly settings: readonly Setting[];
}

/** A deployment to edge devices. */
export interface EdgeContent {
  readonly kind: 'edge';
  readonly document: JsonObject;
  readonly modules: readonly ModuleContent[];
  /** False for a layered deployment, which only adds to a whole one. */
  readonly whole: boolean;
}

/** What an edge deployment writes into one module. */
export interface ModuleContent {
  readonly moduleId: string;
  readonly settings: readonly Setting[];
}

/**
 * Reads the `content` of a configuration. Throws InvalidConfigurationContent.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management#implement-twins
 * https://learn.microsoft.com/azure/iot-edge/module-deployment-monitoring
 */
export const readContent = (content: Json | undefined, limits: Limits): ConfigurationContent => {
  if (!isObject(content)) throw invalid('content is required.');
  const given = KINDS.filter(({ member }) => isObject(own(content, member)));
  // C# and Java send empty objects for the other kinds
  const filled = given.length > 1 ? given.filter(({ member }) => !isEmpty(own(content, member))) : given;
  const [chosen, ...others] = filled;
  if (chosen === undefined || others.length > 0)
    throw invalid('content must have exactly one of deviceContent, moduleContent and modulesContent.');
  const body = own(content, chosen.member);
  if (!isObject(body)) throw invalid(`${chosen.member} must be a JSON object.`);
  const document = { [chosen.member]: body };
  if (chosen.kind !== 'edge') return { kind: chosen.kind, document, settings: readSettings(body, limits) };
  const modules = Object.entries(body).map(([moduleId, value]): ModuleContent => {
    if (!isObject(value)) throw invalid(`${moduleId} must be a JSON object.`);
    return { moduleId, settings: readSettings(value, limits) };
  });
  const agent = modules.find(({ moduleId }) => moduleId === '$edgeAgent');
  if (agent === undefined) throw invalid('modulesContent must have $edgeAgent.');
  return { kind: 'edge', document, modules, whole: agent.settings.some(({ path }) => path.length === 0) };
};

/**
 * Reads content to apply to one edge device. Throws InvalidConfigurationContent with the service's text, which is quoted in
 * https://github.com/Azure/azure-iot-sdk-csharp/issues/2419
 */
export const readEdgeContent = (content: Json, limits: Limits): EdgeContent => {
  const refusal = (hint: string): HubError =>
    invalid('The content provided for configuration is invalid. Please check and try again', { hint });
  try {
    const read = readContent(content, limits);
    if (read.kind === 'edge') return read;
  } catch (error) {
    throw error instanceof HubError ? refusal(error.text) : error;
  }
  throw refusal('content for one edge device must be modulesContent');
};

/** What an edge deployment writes into a module, undefined if nothing. */
export const moduleSettings = ({ modules }: EdgeContent, moduleId: string): readonly Setting[] | undefined =>
  modules.find((module) => module.moduleId === moduleId)?.settings;

/** The modules that an edge device needs for `content`: those it writes to and those that it makes the agent run. */
export const modulesNeeded = (content: ConfigurationContent): readonly string[] => {
  if (content.kind !== 'edge') return [];
  const agent = treeOf(moduleSettings(content, '$edgeAgent') ?? []);
  const run = own(agent, 'modules');
  const written = content.modules.map(({ moduleId }) => moduleId);
  return [...new Set([...written, ...(isObject(run) ? Object.keys(run) : [])])];
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
    throw invalid(error.text);
  }
  return settings;
};

const isEmpty = (value: Json | undefined): boolean => isObject(value) && Object.keys(value).length === 0;

const invalid = (message: string, details: ErrorDetails = {}): HubError =>
  new HubError('InvalidConfigurationContent', message, details);
