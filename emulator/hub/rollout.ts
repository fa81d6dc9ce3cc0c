import { HubError } from '../../protocol/errors.ts';
import { keyOf } from '../../protocol/identity-key.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Configuration } from './configuration.ts';
import { type ConfigurationContent, modulesNeeded, type Setting } from './configuration-content.ts';
import type { Fleet } from './fleet.ts';
import type { Member } from './member.ts';
import type { Registry } from './registry.ts';
import type { Selection } from './selection.ts';
import { isCovered, joined, missing, removed, treeOf } from './settings-tree.ts';
import type { Twin } from './twin.ts';
import type { Twins } from './twins.ts';

/** A configuration with its condition compiled. */
export interface Aimed {
  readonly configuration: Configuration;
  readonly selection: Selection;
}

/** What one configuration means for one twin; without settings it is outranked as a whole. */
interface Layer {
  readonly id: string;
  readonly settings: readonly Setting[];
}

type Marks = NonNullable<Twin['configurations']>;

/** Brings configurations into twins. Holds nothing: what was applied is written in the twins themselves. */
export class Rollout {
  readonly #fleet: Fleet;
  readonly #registry: Registry;
  readonly #twins: Twins;
  readonly #isOurs: (id: string) => boolean;

  /** `isOurs` tells configurations of this hub, also past ones, from those that an import brought along in a twin. */
  constructor(parts: { fleet: Fleet; registry: Registry; twins: Twins }, isOurs: (id: string) => boolean) {
    this.#isOurs = isOurs;
    this.#fleet = parts.fleet;
    this.#registry = parts.registry;
    this.#twins = parts.twins;
  }

  /**
   * Gives the twin of `member` what `all` configurations, the winning ones first, want of it.
   * `anew`: also if the same ones apply as before, since their order may have changed.
   */
  bring(member: Member, all: readonly Aimed[], anew: boolean): void {
    const { key, identity, twin } = member;
    if (identity.moduleId === undefined && identity.iotEdge) this.#makeModules(member, all);
    const layers = identity.moduleId === undefined ? deviceLayers(member, all) : this.#moduleLayers(member, all);
    const before = twin.configurations ?? {};
    const foreign = Object.entries(before).filter(([id]) => !this.#isOurs(id));
    const marks = { ...Object.fromEntries(foreign), ...marksOf(layers) };
    if (!anew && isSame(before, marks)) return;
    const wanted = treeOf([...layers].reverse().flatMap(({ settings }) => settings));
    const former = treeOf(
      all
        .filter(({ configuration: { id } }) => before[id]?.status === 'Applied')
        .reverse()
        .flatMap(({ configuration }) => settingsFor(configuration, identity.moduleId)),
    );
    const current = twin.desired.values;
    const difference = joined(missing(wanted, current), removed(former, wanted, current));
    const isNews = Object.keys(marks).some((id) => marks[id]?.status === 'Applied' && before[id]?.status !== 'Applied');
    const patch = isNews && Object.keys(difference).length === 0 ? wanted : difference;
    if (Object.keys(patch).length === 0 && isSame(before, marks)) return;
    this.#write(key, patch, marks);
  }

  /**
   * Writes the content of one edge device at once, no configuration being kept.
   * Throws DeviceNotFound, ArgumentInvalid for another device, and what twin writes throw.
   */
  applyOnce(deviceId: string, content: ConfigurationContent): void {
    const device = this.#fleet.get(deviceId);
    if (!device.identity.iotEdge || content.kind !== 'edge')
      throw new HubError('ArgumentInvalid', `Device ${deviceId} is not an Azure IoT Edge device.`);
    this.#registry.createEdgeModules(deviceId, modulesNeeded(content));
    for (const [moduleId, settings] of content.modules) {
      const key = keyOf({ deviceId, moduleId });
      const { twin } = this.#fleet.get(key);
      const current = twin.desired.values;
      const wanted = treeOf(settings);
      const isWhole = settings.some(({ path }) => path.length === 0);
      const desired = isWhole ? joined(wanted, removed(current, wanted, current)) : wanted;
      if (Object.keys(desired).length > 0) this.#twins.configure(key, desired, twin.configurations ?? {});
    }
  }

  /** A twin that has no room for the settings is targeted, and that is all. */
  #write(key: string, patch: JsonObject, marks: Marks): void {
    try {
      this.#twins.configure(key, patch, marks);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const targeted = Object.keys(marks).map((id) => [id, { status: 'Targeted' }] as const);
      this.#twins.configure(key, {}, Object.fromEntries(targeted));
    }
  }

  #moduleLayers(member: Member, all: readonly Aimed[]): readonly Layer[] {
    const { deviceId, moduleId = '' } = member.identity;
    const device = this.#fleet.find(deviceId);
    const deployments = device?.identity.iotEdge ? deploymentsOf(device, all) : NO_DEPLOYMENTS;
    return all.flatMap(({ configuration, selection }): Layer[] => {
      const { id, content } = configuration;
      if (content.kind === 'module') return targets(selection, member) ? [{ id, settings: content.settings }] : [];
      if (content.kind !== 'edge' || !deployments.targeted.has(id)) return [];
      const settings = content.modules.get(moduleId);
      if (deployments.applied.has(id)) return settings === undefined ? [] : [{ id, settings }];
      return moduleId === '$edgeAgent' ? [{ id, settings: [] }] : [];
    });
  }

  #makeModules(device: Member, all: readonly Aimed[]): void {
    const { applied } = deploymentsOf(device, all);
    if (applied.size === 0) return;
    const needed = all.flatMap(({ configuration: { id, content } }) => (applied.has(id) ? modulesNeeded(content) : []));
    try {
      this.#registry.createEdgeModules(device.identity.deviceId, needed);
    } catch (error) {
      // a device that is full goes without the module
      if (!(error instanceof HubError)) throw error;
    }
  }
}

const deviceLayers = (member: Member, all: readonly Aimed[]): readonly Layer[] =>
  all.flatMap(({ configuration: { id, content }, selection }) =>
    content.kind === 'device' && selection.matches(member) ? [{ id, settings: content.settings }] : [],
  );

interface Deployments {
  readonly targeted: ReadonlySet<string>;
  readonly applied: ReadonlySet<string>;
}

const NO_DEPLOYMENTS: Deployments = { targeted: new Set(), applied: new Set() };

/**
 * One whole deployment counts, and the layered ones that outrank it.
 * https://learn.microsoft.com/azure/iot-edge/module-deployment-monitoring#layered-deployment
 */
const deploymentsOf = (device: Member, all: readonly Aimed[]): Deployments => {
  const targeted = all.filter(
    ({ configuration, selection }) => configuration.content.kind === 'edge' && selection.matches(device),
  );
  const whole = targeted.findIndex(({ configuration: { content } }) => content.kind === 'edge' && content.whole);
  const ids = (aimed: readonly Aimed[]): ReadonlySet<string> => new Set(aimed.map(({ configuration: { id } }) => id));
  return { targeted: ids(targeted), applied: ids(targeted.slice(0, whole + 1)) };
};

/** `*` for modules leaves out those of the hub itself. */
const targets = ({ from, matches }: Selection, module: Member): boolean =>
  from === 'devices.modules' ? matches(module) : module.identity.moduleId?.startsWith('$') === false && matches(module);

const settingsFor = ({ content }: Configuration, moduleId: string | undefined): readonly Setting[] =>
  content.kind === 'edge' ? (content.modules.get(moduleId ?? '') ?? []) : content.settings;

/** Applied as soon as anything of it counts. */
const marksOf = (layers: readonly Layer[]): Marks =>
  Object.fromEntries(
    layers.map(({ id, settings }, i) => {
      const above = layers.slice(0, i).flatMap((layer) => layer.settings);
      const counts = settings.some((setting) => !isCovered(setting, above));
      return [id, { status: counts ? 'Applied' : 'Targeted' }] as const;
    }),
  );

const isSame = (a: Marks, b: Marks): boolean => {
  const ids = Object.keys(a);
  return ids.length === Object.keys(b).length && ids.every((id) => a[id]?.status === b[id]?.status);
};
