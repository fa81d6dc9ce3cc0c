import { METERING } from '../../hub/tiers/metering.ts';
import type { Usage } from '../../hub/tiers/usage.ts';
import type { Answer } from '../http/response.ts';
import { asText } from './traffic.ts';

/** Counts a request that was done, unless a room has counted it. Returns its answer. */
export const metered = (
  usage: Usage,
  route: string,
  { bytes, answer }: { readonly bytes: Buffer; readonly answer: Answer },
): Answer => {
  const metering = METERING[route];
  if (metering?.throttle === undefined || metering.counted === 'room') return answer;
  if (metering.counted === 'request') {
    usage.count(metering.throttle, bytes.length);
    return answer;
  }
  const written = asText(answer); // so that it is written once, and its size is known
  usage.count(metering.throttle, contentBytes(written));
  return written;
};

const contentBytes = ({ body }: Answer): number => {
  if (body === undefined || 'json' in body) return 0;
  const { content } = body;
  return typeof content === 'string' || content instanceof Uint8Array ? Buffer.byteLength(content) : 0;
};
