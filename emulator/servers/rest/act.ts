import { keyOf } from '../../../protocol/identity-key.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Via } from '../../hub/history/actors.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Incoming } from '../http/route.ts';
import type { HubRoute } from './route.ts';

/** Runs an operation; what it writes is by its caller. */
export const act = (hub: Hub, row: HubRoute, incoming: Incoming<Principal>): ReturnType<HubRoute['run']> =>
  hub.actors.as(
    actorOf(incoming.caller),
    () => row.run(hub, incoming),
    () => viaOf(row, incoming),
  );

const actorOf = (caller: Principal): Parameters<Hub['actors']['as']>[0] =>
  caller.kind === 'policy' ? { kind: 'policy', id: caller.policy } : { kind: 'device', id: caller.key };

const viaOf = ({ path }: HubRoute, { params }: Incoming<Principal>): Via => {
  const { deviceId, moduleId } = params;
  return {
    path: path.replace(/:([A-Za-z]+)/g, (_, name: string) => params[name] ?? ''),
    ...(deviceId === undefined ? {} : { key: keyOf({ deviceId, moduleId }) }),
  };
};
