import { HubError } from '../../../../protocol/errors.ts';
import { type IdentityName, keyOf } from '../../../../protocol/identity-key.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { CloseReason } from '../../../hub/messaging/session.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** Who is connected; connections can be ended. */
export const connections = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('GET /connections', () =>
    [...hub.sessions.live()].map(({ key, protocol }) => {
      const { capabilities, notes } = hub.sessions.listening(key);
      return { id: key, protocol, subscriptions: { ...capabilities, ...notes } };
    }),
  ),
  adminRoute('POST /connections/:deviceId/disconnect', ({ params }) => end(hub, params, 'requested')),
  adminRoute('POST /connections/:deviceId/modules/:moduleId/disconnect', ({ params }) => end(hub, params, 'requested')),
  adminRoute('POST /connections/:deviceId/expire', ({ params }) => end(hub, params, 'expired')),
  adminRoute('POST /connections/:deviceId/modules/:moduleId/expire', ({ params }) => end(hub, params, 'expired')),
];

const end = (hub: Hub, name: IdentityName, reason: CloseReason): void => {
  const key = keyOf(name);
  if (hub.sessions.find(key) === undefined) throw new HubError('GenericNotFound', `${key} is not connected`);
  hub.sessions.drop(key, reason);
};
