import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { StoreCopy } from '../../kernel/store.ts';
import { Table, type TableView } from '../../kernel/table.ts';
import type { Member } from './member.ts';
import { memberJson } from './member-json.ts';

/** All devices and modules, for reading, by identity key. */
export interface FleetView {
  readonly devices: TableView<Member>;
  readonly modules: TableView<Member>;
  find(key: IdentityKey): Member | undefined;
  /** Throws DeviceNotFound, also for a module: twin operations answer so. */
  get(key: IdentityKey): Member;
  /** As `get`, but throws ModuleNotFound for a module that a known device does not have. */
  identify(key: IdentityKey): Member;
}

/** What a device has reported. */
export interface Reported {
  readonly patch: JsonObject;
  /** The same as JSON, as it was sent, if that is known. */
  readonly text: string | undefined;
}

/** `reported`: given if a report of the device is all that was written. */
type WriteListener = (before: Member | undefined, after: Member | undefined, reported: Reported | undefined) => void;

/** The rows of all devices and modules. Only rooms have it; everyone else gets the view. */
export class Fleet implements FleetView {
  readonly devices = new Table<Member>();
  readonly modules = new Table<Member>();
  readonly #listeners: WriteListener[] = [];

  get spaces() {
    return [keySpace('devices', this.devices, memberJson), keySpace('modules', this.modules, memberJson)];
  }

  find(key: IdentityKey): Member | undefined {
    return this.#tableOf(key).find(key);
  }

  get(key: IdentityKey): Member {
    const member = this.find(key);
    if (member === undefined) throw new HubError('DeviceNotFound', key);
    return member;
  }

  identify(key: IdentityKey): Member {
    const { deviceId, moduleId } = nameOf(key);
    const member = this.find(key);
    if (member !== undefined) return member;
    this.get(deviceId);
    throw new HubError('ModuleNotFound', `Module ${moduleId} of device ${deviceId} not found`);
  }

  /** Calls `listener` after each write of a room, but not for rows that are loaded or restored. */
  listen(listener: WriteListener): void {
    this.#listeners.push(listener);
  }

  /** Replaces all rows by those of a copy. */
  restore({ devices, modules }: { devices: StoreCopy<Member>; modules: StoreCopy<Member> }): void {
    this.devices.restore(devices);
    this.modules.restore(modules);
  }

  /** `reported`: given if a report of the device is all that is written. */
  set(member: Member, reported?: Reported): void {
    const before = this.#tableOf(member.key).set(member.key, member);
    for (const listener of this.#listeners) listener(before, member, reported);
  }

  delete(key: IdentityKey): void {
    const before = this.#tableOf(key).delete(key);
    for (const listener of this.#listeners) listener(before, undefined, undefined);
  }

  #tableOf(key: IdentityKey): Table<Member> {
    return key.includes('/') ? this.modules : this.devices;
  }
}
