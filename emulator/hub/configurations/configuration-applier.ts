import { HubError } from '../../../protocol/errors.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Actors } from '../history/actors.ts';
import type { Registry } from '../registry/registry.ts';
import { joined } from '../twins/merge-patch.ts';
import type { Twins } from '../twins/twins.ts';
import { type EdgeContent, modulesNeeded } from './configuration-content.ts';
import {
  type ConfigurationPlan,
  ConfigurationPlanner,
  type TargetedConfiguration,
  targetedOnly,
} from './configuration-plan.ts';
import { removed, treeOf } from './settings-tree.ts';

/** Writes configurations into twins. It has no state: what was applied is written in the twins themselves. */
export class ConfigurationApplier {
  readonly planner: ConfigurationPlanner;
  readonly #fleet: FleetView;
  readonly #registry: Registry;
  readonly #twins: Twins;
  readonly #actors: Actors;

  /** `isOurs`: true for configurations of this hub, also past ones, and not for those that an import brought in a twin. */
  constructor(
    parts: { fleet: FleetView; registry: Registry; twins: Twins; actors: Actors },
    isOurs: (id: string) => boolean,
  ) {
    this.planner = new ConfigurationPlanner(parts.fleet, isOurs);
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
    this.#makeModules(member, this.planner.modulesNeeded(member, all));
    const plan = this.planner.plan(member, this.planner.layers(member, all), { all, isFull });
    if (plan !== undefined) this.#write(member.key, plan);
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
  #write(key: string, plan: ConfigurationPlan): void {
    try {
      this.#configure(key, plan);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#configure(key, targetedOnly(plan.statuses));
    }
  }

  #configure(key: string, { desired, statuses }: ConfigurationPlan): void {
    const id = Object.keys(statuses).join(', ');
    this.#actors.as({ kind: 'configuration', id }, () => this.#twins.configure(key, desired, statuses));
  }

  #makeModules(device: Member, needed: readonly string[]): void {
    if (needed.length === 0) return;
    try {
      this.#registry.createEdgeModules(device.identity.deviceId, needed);
    } catch (error) {
      // a device with as many modules as it may have does not get the module
      if (!(error instanceof HubError)) throw error;
    }
  }
}
