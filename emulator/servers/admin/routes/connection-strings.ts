import { HubError } from '../../../../protocol/errors.ts';
import type { IdentityName } from '../../../../protocol/identity-key.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** The connection strings with which clients find the hub. */
export interface ConnectionStrings {
  /** Throws a RangeError for an unknown policy. */
  ofPolicy(policy?: string): string;
  /** Throws a RangeError for an unknown endpoint. */
  ofEventHub(endpoint: string): string;
  /** Throws a RangeError for an unknown endpoint, and if AMQP without TLS is not open. */
  ofPlainEventHub(endpoint: string): string;
  /** Throws HubError DeviceNotFound, ModuleNotFound. */
  ofIdentity(name: IdentityName): string;
}

export const connectionStrings = ({
  ofPolicy,
  ofEventHub,
  ofPlainEventHub,
  ofIdentity,
}: ConnectionStrings): readonly AdminRoute[] => [
  adminRoute('GET /connection-string', ({ query: { policy, device, module, events, plain } }) => {
    if (events !== undefined)
      return { connectionString: found(() => (plain === 'yes' ? ofPlainEventHub : ofEventHub)(events)) };
    return {
      connectionString:
        device === undefined ? found(() => ofPolicy(policy)) : ofIdentity({ deviceId: device, moduleId: module }),
    };
  }),
];

const found = (find: () => string): string => {
  try {
    return find();
  } catch (error) {
    throw error instanceof RangeError ? new HubError('GenericNotFound', error.message) : error;
  }
};
