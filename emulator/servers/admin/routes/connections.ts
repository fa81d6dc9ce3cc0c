import { HubError } from '../../../../protocol/errors.ts';
import { type IdentityName, keyOf } from '../../../../protocol/identity-key.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { CloseReason } from '../../../hub/sessions.ts';
import { type Answer, noContent, ok } from '../../http/answer.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

const DEVICE = '/connections/:deviceId';
const MODULE = '/connections/:deviceId/modules/:moduleId';
const DISCONNECT = { summary: 'End a connection', answers: [] };
const EXPIRE = { summary: 'End a connection as if its token had expired now', answers: [] };

/** Who is connected; and how to end a connection from here. */
export const connections = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('GET /connections', { summary: 'Who is connected, and what each listens to' }, () =>
    ok(
      [...hub.sessions.live()].map(({ key, protocol }) => ({
        id: key,
        protocol,
        subscriptions: Object.fromEntries(hub.sessions.subscriptions(key)),
      })),
    ),
  ),
  adminRoute(`POST ${DEVICE}/disconnect`, DISCONNECT, ({ params }) => end(hub, params, 'requested')),
  adminRoute(`POST ${MODULE}/disconnect`, DISCONNECT, ({ params }) => end(hub, params, 'requested')),
  adminRoute(`POST ${DEVICE}/expire`, EXPIRE, ({ params }) => end(hub, params, 'expired')),
  adminRoute(`POST ${MODULE}/expire`, EXPIRE, ({ params }) => end(hub, params, 'expired')),
];

const end = (hub: Hub, name: IdentityName, reason: CloseReason): Answer => {
  const key = keyOf(name);
  if (hub.sessions.find(key) === undefined) throw new HubError('GenericNotFound', `${key} is not connected`);
  hub.sessions.drop(key, reason);
  return noContent;
};
