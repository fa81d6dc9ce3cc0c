import { type Member, renderIdentity, renderTwin } from '../../hub/member.ts';
import { twinEtag } from '../../hub/twin.ts';
import { type Answer, ok } from '../http/answer.ts';

/** A device or module document; its ETag header goes without quotes. */
export const identity = (member: Member): Answer => ok(renderIdentity(member), { etag: member.identity.etag });

export const identities = (members: readonly Member[]): Answer => ok(members.map(renderIdentity));

/** A twin document; its ETag header goes in quotes. */
export const twin = (member: Member): Answer => ok(renderTwin(member), { etag: `"${twinEtag(member.twin.etag)}"` });
