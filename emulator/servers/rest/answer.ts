import type { BulkResult } from '../../hub/bulk.ts';
import { type Member, renderIdentity, renderTwin } from '../../hub/member.ts';
import { twinEtag } from '../../hub/twin.ts';
import { type Answer, ok } from '../http/answer.ts';

/** A device or module document; its ETag header goes without quotes. */
export const identity = (member: Member): Answer => ok(renderIdentity(member), { etag: member.identity.etag });

export const identities = (members: readonly Member[]): Answer => ok(members.map(renderIdentity));

/** A bulk request is answered 400 as soon as one of its items failed; the others are done all the same. */
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

/** A twin document; its ETag header goes in quotes. */
export const twin = (member: Member): Answer => ok(renderTwin(member), { etag: `"${twinEtag(member.twin.etag)}"` });
