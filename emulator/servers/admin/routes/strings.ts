import * as z from 'zod';
import { HubError } from '../../../../protocol/errors.ts';
import type { IdentityName } from '../../../../protocol/identity-key.ts';
import { ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** Under which strings clients find the hub. */
export interface Strings {
  /** Throws a RangeError for a policy that there is not. */
  ofPolicy(policy?: string): string;
  /** Throws HubError DeviceNotFound, ModuleNotFound. */
  ofIdentity(name: IdentityName): string;
}

const STRING = {
  summary: 'The connection string of a policy, a device or a module',
  query: z
    .strictObject({ policy: z.string().optional(), device: z.string().optional(), module: z.string().optional() })
    .describe('iothubowner if nothing is given'),
};

/** What programs need that are to find the hub. */
export const strings = ({ ofPolicy, ofIdentity }: Strings): readonly AdminRoute[] => [
  adminRoute('GET /connection-string', STRING, ({ query: { policy, device, module } }) => {
    if (device === undefined) return ok({ connectionString: known(() => ofPolicy(policy)) });
    return ok({ connectionString: ofIdentity({ deviceId: device, moduleId: module }) });
  }),
];

const known = (find: () => string): string => {
  try {
    return find();
  } catch (error) {
    throw error instanceof RangeError ? new HubError('GenericNotFound', error.message) : error;
  }
};
