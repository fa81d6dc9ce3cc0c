import type { JsonObject } from '../../../protocol/json.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Selection } from '../selection.ts';
import { joined } from '../twins/merge-patch.ts';
import type { ConfigurationStatuses } from '../twins/twin.ts';
import type { Configuration } from './configuration.ts';
import { moduleSettings, modulesNeeded } from './configuration-content.ts';
import { isCovered, missing, removed, type Setting, treeOf } from './settings-tree.ts';

/** A configuration with its target condition compiled. */
export interface TargetedConfiguration {
  readonly configuration: Configuration;
  readonly selection: Selection;
}

/** What one configuration writes into one twin; without settings others outrank all of it. */
export interface Layer {
  readonly id: string;
  readonly settings: readonly Setting[];
}

/** What is to be written into one twin. */
export interface ConfigurationPlan {
  readonly desired: JsonObject;
  readonly statuses: ConfigurationStatuses;
}

/** Decides what configurations write into twins, and writes nothing. */
export class ConfigurationPlanner {
  readonly #fleet: FleetView;
  readonly #isOurs: (id: string) => boolean;

  /** `isOurs`: true for configurations of this hub, also past ones, and not for those that an import brought in a twin. */
  constructor(fleet: FleetView, isOurs: (id: string) => boolean) {
    this.#fleet = fleet;
    this.#isOurs = isOurs;
  }

  /** One for which `id` is a configuration of this hub too. */
  knowing(id: string): ConfigurationPlanner {
    return new ConfigurationPlanner(this.#fleet, (other) => other === id || this.#isOurs(other));
  }

  /**
   * What `all` configurations, the winning ones first, have to write into the twin of `member`; undefined for nothing.
   * `isFull`: even if the same ones target it as before, since their order may have changed.
   */
  plan(
    { identity, twin }: Member,
    layers: readonly Layer[],
    { all, isFull }: { readonly all: readonly TargetedConfiguration[]; readonly isFull: boolean },
  ): ConfigurationPlan | undefined {
    const before = twin.configurations ?? {};
    const foreign = Object.entries(before).filter(([id]) => !this.#isOurs(id));
    const statuses = { ...Object.fromEntries(foreign), ...statusesOf(layers) };
    if (!isFull && isSame(before, statuses)) return undefined;
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
    const desired = isNew && Object.keys(difference).length === 0 ? wanted : difference;
    return Object.keys(desired).length === 0 && isSame(before, statuses) ? undefined : { desired, statuses };
  }

  /** What each of `all` configurations writes into the twin of `member`, the winning ones first. */
  layers(member: Member, all: readonly TargetedConfiguration[]): readonly Layer[] {
    return member.identity.moduleId === undefined ? deviceLayers(member, all) : this.#moduleLayers(member, all);
  }

  /** The modules that an edge device needs for the deployments that apply to it. */
  modulesNeeded(device: Member, all: readonly TargetedConfiguration[]): readonly string[] {
    if (device.identity.moduleId !== undefined || !device.identity.iotEdge) return [];
    const { applied } = deploymentsOf(device, all);
    return all.flatMap(({ configuration: { id, content } }) => (applied.has(id) ? modulesNeeded(content) : []));
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
}

/** The same configurations, none of them applied: for a twin that would get too large. */
export const targetedOnly = (statuses: ConfigurationStatuses): ConfigurationPlan => ({
  desired: {},
  statuses: Object.fromEntries(Object.keys(statuses).map((id) => [id, { status: 'Targeted' }])),
});

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
