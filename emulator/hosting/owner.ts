import type { IncomingMessage } from 'node:http';
import { signSas } from '../../protocol/sas.ts';
import type { Policies, Policy } from '../auth/policies.ts';
import { PAGE_HEADER } from '../servers/rest/traffic.ts';

const TOKEN_SECONDS = 300;

/** The request with a new token of the policy that may do everything. */
export const withOwner = (request: IncomingMessage, policies: Policies): IncomingMessage => {
  const { name, primaryKey } = ownerIn(policies);
  const expiry = Math.ceil(Date.now() / 1000) + TOKEN_SECONDS;
  request.headers.authorization = signSas({ resource: 'localhost', key: primaryKey, expiry, policy: name });
  request.headers[PAGE_HEADER] = 'yes';
  return request;
};

export const ownerIn = (policies: Policies): Policy => {
  const policy = policies.get('iothubowner');
  if (policy === undefined) throw new Error('Every hub has the policy iothubowner');
  return policy;
};
