import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { TableView } from '../../kernel/table.ts';
import type { Fleet } from './fleet.ts';
import type { Member } from './member.ts';

/** Counts and lists that are kept up to date with every change of the fleet, so that reading them needs no scan. */
export class FleetCounters {
  readonly #devices: TableView<Member>;
  readonly #modulesOf = new Map<string, Set<IdentityKey>>();
  /** Counted when somebody asks first: to look at each row of a reset for it takes a third of the time of a reset. */
  #disabled: number | undefined;

  constructor(fleet: Fleet) {
    this.#devices = fleet.devices;
    for (const member of fleet.modules.rows()) this.#list(undefined, member);
    fleet.devices.watch((_, before, after) => this.#count(before, after));
    fleet.modules.watch((_, before, after) => this.#list(before, after));
  }

  get disabledDevices(): number {
    this.#disabled ??= this.#devices.where(isDisabled).length;
    return this.#disabled;
  }

  /** Keys of the modules of a device, oldest first. */
  modulesOf(deviceId: string): readonly IdentityKey[] {
    return [...(this.#modulesOf.get(deviceId) ?? [])];
  }

  moduleCount(deviceId: string): number {
    return this.#modulesOf.get(deviceId)?.size ?? 0;
  }

  #count(before: Member | undefined, after: Member | undefined): void {
    if (this.#disabled === undefined || before?.identity === after?.identity) return;
    if (before !== undefined && isDisabled(before)) this.#disabled -= 1;
    if (after !== undefined && isDisabled(after)) this.#disabled += 1;
  }

  #list(before: Member | undefined, after: Member | undefined): void {
    if (before?.key === after?.key) return;
    if (before !== undefined) this.#unlist(before);
    if (after === undefined) return;
    const keys = this.#modulesOf.get(after.identity.deviceId) ?? new Set();
    this.#modulesOf.set(after.identity.deviceId, keys.add(after.key));
  }

  #unlist({ key, identity }: Member): void {
    const keys = this.#modulesOf.get(identity.deviceId);
    keys?.delete(key);
    if (keys?.size === 0) this.#modulesOf.delete(identity.deviceId);
  }
}

const isDisabled = ({ identity }: Member): boolean => identity.status === 'disabled';
