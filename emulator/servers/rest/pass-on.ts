import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOf } from '../../../protocol/identity-key.ts';
import type { Elsewhere } from '../elsewhere.ts';
import { readTarget } from '../http/target.ts';
import { peerCertificate } from '../listener/peer-certificate.ts';

/** Passes a request to the hub that its credentials are for, or that has the blob; false if that is this one. */
export const passOn = (
  request: IncomingMessage,
  response: ServerResponse,
  { elsewhere, hasDeviceCa = false }: { readonly elsewhere?: Elsewhere | undefined; readonly hasDeviceCa?: boolean },
): boolean => {
  if (!elsewhere?.hasHubs) return false;
  const token = request.headers.authorization;
  const [kind, deviceId, modules, moduleId] = readTarget(request.url ?? '').segments;
  const isDevice = kind?.toLowerCase() === 'devices' && deviceId !== undefined;
  const other =
    elsewhere.withAccount(kind ?? '') ??
    elsewhere.find({
      token,
      key: isDevice ? keyOf({ deviceId, moduleId: modules === 'modules' ? moduleId : undefined }) : undefined,
      certificate: token ? undefined : peerCertificate(request.socket, hasDeviceCa),
    });
  other?.answer(request, response);
  return other !== undefined;
};
