import type { Member } from '../../hub/fleet/member.ts';
import type { BulkResult } from '../../hub/import-export/bulk.ts';
import { renderIdentity } from '../../hub/registry/identity-document.ts';
import { renderTwin } from '../../hub/twins/twin-document.ts';
import { type Answer, ok } from '../http/response.ts';

/** A device or module document; the service sends its ETag header without quotes. */
export const identity = (member: Member): Answer => ok(renderIdentity(member), { etag: member.identity.etag });

export const identities = (members: readonly Member[]): Answer => ok(members.map(renderIdentity));

/** 400 if one of the items failed; the others have been done nevertheless. */
export const bulk = ({ isSuccessful, errors, warnings }: BulkResult): Answer => ({
  status: isSuccessful ? 200 : 400,
  ...(isSuccessful ? {} : { headers: { 'iothub-errorcode': 'BulkRegistryOperationFailure' } }),
  body: {
    json: {
      isSuccessful,
      errors: errors.map((error) => ({ ...error })),
      warnings: warnings.map((one) => ({ ...one })),
    },
  },
});

/** A twin document; the service sends its ETag header in quotes. */
export const twin = (member: Member): Answer => {
  const document = renderTwin(member);
  return ok(document, { etag: `"${document.etag}"` });
};
