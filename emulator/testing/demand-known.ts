import { HubError } from '../../protocol/errors.ts';
import { type IdentityName, keyOf } from '../../protocol/identity-key.ts';
import type { HubHandle } from '../index.ts';

/** The usual cause is a mistyped id or a missing seed: the error lists ids that exist. */
export const demandKnown = ({ fleet }: HubHandle['hub'], name: IdentityName): void => {
  const key = keyOf(name);
  if (fleet.find(key) !== undefined) return;
  const code = name.moduleId === undefined ? 'DeviceNotFound' : 'ModuleNotFound';
  const known = [...fleet.devices.rows(), ...fleet.modules.rows()].map((member) => member.key);
  const some = known.slice(0, 5).join(', ') || 'none';
  throw new HubError(code, `There is no ${key}; there is ${some}${known.length > 5 ? ', …' : ''}`);
};
