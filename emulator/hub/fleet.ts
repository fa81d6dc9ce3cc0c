import { HubError } from '../../protocol/errors.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Member } from './member.ts';
import { Table } from './table.ts';

/** The rows that all rooms share: devices and modules, each under its identity key. */
export class Fleet {
  readonly devices: Table<Member>;
  readonly modules: Table<Member>;

  constructor(devices = new Table<Member>(), modules = new Table<Member>()) {
    this.devices = devices;
    this.modules = modules;
  }

  find(key: IdentityKey): Member | undefined {
    return this.#tableOf(key).find(key);
  }

  /** Throws DeviceNotFound, for a module too: that is what the twin operations answer. */
  get(key: IdentityKey): Member {
    const member = this.find(key);
    if (member === undefined) throw new HubError('DeviceNotFound', key);
    return member;
  }

  set(member: Member): void {
    this.#tableOf(member.key).set(member.key, member);
  }

  delete(key: IdentityKey): void {
    this.#tableOf(key).delete(key);
  }

  copy(): Fleet {
    return new Fleet(this.devices.copy(), this.modules.copy());
  }

  restore(from: Fleet): void {
    this.devices.restore(from.devices);
    this.modules.restore(from.modules);
  }

  #tableOf(key: IdentityKey): Table<Member> {
    return key.includes('/') ? this.modules : this.devices;
  }
}
