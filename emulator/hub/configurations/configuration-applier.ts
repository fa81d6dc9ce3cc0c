import { HubError } from '../../../protocol/errors.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Actors } from '../history/actors.ts';
import type { Registry } from '../registry/registry.ts';
import type { Selection } from '../selection.ts';
import { joined } from '../twins/merge-patch.ts';
import type { ConfigurationStatuses } from '../twins/twin.ts';
import type { Twins } from '../twins/twins.ts';
import type { Configuration } from './configuration.ts';
import { type EdgeContent, moduleSettings, modulesNeeded } from './configuration-content.ts';
import { isCovered, missing, removed, type Setting, treeOf } from './settings-tree.ts';

/** A configuration with its target condition compiled. */
export interface TargetedConfiguration {
  readonly configuration: Configuration;
  readonly selection: Selection;
}

/** What one configuration writes into one twin; without settings others outrank all of it. */
interface Layer {
  readonly id: string;
  readonly settings: readonly Setting[];
}

/** Writes configurations into twins. It has no state: what was applied is written in the twins themselves. */
export class ConfigurationApplier {
  readonly #fleet: FleetView;
  readonly #registry: Registry;
  readonly #twins: Twins;
  readonly #actors: Actors;
  readonly #isOurs: (id: string) => boolean;

  /** `isOurs`: true for configurations of this hub, also past ones, and not for those that an import brought in a twin. */
  constructor(
    parts: { fleet: FleetView; registry: Registry; twins: Twins; actors: Actors },
    isOurs: (id: string) => boolean,
  ) {
    this.#isOurs = isOurs;
    this.#fleet = parts.fleet;
    this.#registry = parts.registry;
    this.#twins = parts.twins;
    this.#actors = parts.actors;
  }

  /**
   * Writes into the twin of `member` what `all` configurations, the winning ones first, say about it.
   * `isFull`: even if the same ones target it as before, since their order may have changed.
   */
  apply(member: Member, all: readonly TargetedConfiguration[], isFull: boolean): void {
    const { key, identity, twin } = member;
    if (identity.moduleId === undefined && identity.iotEdge) this.#makeModules(member, all);
    const layers = identity.moduleId === undefined ? deviceLayers(member, all) : this.#moduleLayers(member, all);
    const before = twin.configurations ?? {};
    const foreign = Object.entries(before).filter(([id]) => !this.#isOurs(id));
    const statuses = { ...Object.fromEntries(foreign), ...statusesOf(layers) };
    if (!isFull && isSame(before, statuses)) return;
    const wanted = treeOf([...layers].reverse().flatMap(({ settings }) => settings));
    const former = treeOf(
      all
        .filter(({ configuration: { id } }) => before[id]?.status === 'Applied')
        .reverse()
        .flatMap(({ configuration }) => settingsFor(configuration, identity.moduleId)),
    );
    const current = twin.desired.values;
    const difference = joined(missing(wanted, current), removed(former, wanted, current));
    const isNew = Object.keys(statuses).some(
      (id) => statuses[id]?.status === 'Applied' && before[id]?.status !== 'Applied',
    );
    const patch = isNew && Object.keys(difference).length === 0 ? wanted : difference;
    if (Object.keys(patch).length === 0 && isSame(before, statuses)) return;
    this.#write(key, patch, statuses);
  }

  /**
   * Writes the content into the modules of one edge device at once; no configuration is kept.
   * Throws DeviceNotFound, ArgumentInvalid for another device, and what twin writes throw.
   */
  applyOnce(deviceId: string, content: EdgeContent): void {
    const device = this.#fleet.get(deviceId);
    if (!device.identity.iotEdge)
      throw new HubError('ArgumentInvalid', `Device ${deviceId} is not an Azure IoT Edge device.`);
    this.#registry.createEdgeModules(deviceId, modulesNeeded(content));
    for (const { moduleId, settings } of content.modules) {
      const key = keyOf({ deviceId, moduleId });
      const { twin } = this.#fleet.get(key);
      const current = twin.desired.values;
      const wanted = treeOf(settings);
      const isWhole = settings.some(({ path }) => path.length === 0);
      const desired = isWhole ? joined(wanted, removed(current, wanted, current)) : wanted;
      if (Object.keys(desired).length > 0) this.#twins.configure(key, desired, twin.configurations ?? {});
    }
  }

  /** A twin that would get too large is targeted only. */
  #write(key: string, patch: JsonObject, statuses: ConfigurationStatuses): void {
    try {
      this.#configure(key, patch, statuses);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const targeted = Object.keys(statuses).map((id) => [id, { status: 'Targeted' }] as const);
      this.#configure(key, {}, Object.fromEntries(targeted));
    }
  }

  #configure(key: string, patch: JsonObject, statuses: ConfigurationStatuses): void {
    const id = Object.keys(statuses).join(', ');
    this.#actors.as({ kind: 'configuration', id }, () => this.#twins.configure(key, patch, statuses));
  }

  #moduleLayers(member: Member, all: readonly TargetedConfiguration[]): readonly Layer[] {
    const { deviceId, moduleId = '' } = member.identity;
    const device = this.#fleet.find(deviceId);
    const deployments = device?.identity.iotEdge ? deploymentsOf(device, all) : NO_DEPLOYMENTS;
    return all.flatMap(({ configuration, selection }): Layer[] => {
      const { id, content } = configuration;
      if (content.kind === 'module') return targets(selection, member) ? [{ id, settings: content.settings }] : [];
      if (content.kind !== 'edge' || !deployments.targeted.has(id)) return [];
      const settings = moduleSettings(content, moduleId);
      if (deployments.applied.has(id)) return settings === undefined ? [] : [{ id, settings }];
      return moduleId === '$edgeAgent' ? [{ id, settings: [] }] : [];
    });
  }

  #makeModules(device: Member, all: readonly TargetedConfiguration[]): void {
    const { applied } = deploymentsOf(device, all);
    if (applied.size === 0) return;
    const needed = all.flatMap(({ configuration: { id, content } }) => (applied.has(id) ? modulesNeeded(content) : []));
    try {
      this.#registry.createEdgeModules(device.identity.deviceId, needed);
    } catch (error) {
      // a device with as many modules as it may have does not get the module
      if (!(error instanceof HubError)) throw error;
    }
  }
}

const deviceLayers = (member: Member, all: readonly TargetedConfiguration[]): readonly Layer[] =>
  all.flatMap(({ configuration: { id, content }, selection }) =>
    content.kind === 'device' && selection.matches(member) ? [{ id, settings: content.settings }] : [],
  );

interface Deployments {
  readonly targeted: ReadonlySet<string>;
  readonly applied: ReadonlySet<string>;
}

const NO_DEPLOYMENTS: Deployments = { targeted: new Set(), applied: new Set() };

/**
 * Only one whole deployment applies, and the layered ones with higher precedence.
 * https://learn.microsoft.com/azure/iot-edge/module-deployment-monitoring#layered-deployment
 */
const deploymentsOf = (device: Member, all: readonly TargetedConfiguration[]): Deployments => {
  const targeted = all.filter(
    ({ configuration, selection }) => configuration.content.kind === 'edge' && selection.matches(device),
  );
  const whole = targeted.findIndex(({ configuration: { content } }) => content.kind === 'edge' && content.whole);
  const ids = (some: readonly TargetedConfiguration[]): ReadonlySet<string> =>
    new Set(some.map(({ configuration: { id } }) => id));
  return { targeted: ids(targeted), applied: ids(targeted.slice(0, whole + 1)) };
};

/** `*` for modules does not select `$edgeAgent` and `$edgeHub`. */
const targets = ({ from, matches }: Selection, module: Member): boolean =>
  from === 'devices.modules' ? matches(module) : module.identity.moduleId?.startsWith('$') === false && matches(module);

const settingsFor = ({ content }: Configuration, moduleId: string | undefined): readonly Setting[] =>
  content.kind === 'edge' ? (moduleSettings(content, moduleId ?? '') ?? []) : content.settings;

/** A configuration is applied if at least one of its settings has an effect. */
const statusesOf = (layers: readonly Layer[]): ConfigurationStatuses =>
  Object.fromEntries(
    layers.map(({ id, settings }, i) => {
      const above = layers.slice(0, i).flatMap((layer) => layer.settings);
      const counts = settings.some((setting) => !isCovered(setting, above));
      return [id, { status: counts ? 'Applied' : 'Targeted' }] as const;
    }),
  );

const isSame = (a: ConfigurationStatuses, b: ConfigurationStatuses): boolean => {
  const ids = Object.keys(a);
  return ids.length === Object.keys(b).length && ids.every((id) => a[id]?.status === b[id]?.status);
};
