import type { Json } from '../../../protocol/json.ts';
import { type Member, renderIdentity, renderTwin } from '../../hub/member.ts';
import { twinEtag } from '../../hub/twin.ts';

/** What the hub says to one request; without a body the answer is empty. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

export const ok = (body: Json, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers,
  body,
});

export const noContent: Answer = { status: 204 };

/** A device or module document; its ETag header goes without quotes. */
export const identity = (member: Member): Answer => ok(renderIdentity(member), { etag: member.identity.etag });

export const identities = (members: readonly Member[]): Answer => ok(members.map(renderIdentity));

/** A twin document; its ETag header goes in quotes. */
export const twin = (member: Member): Answer => ok(renderTwin(member), { etag: `"${twinEtag(member.twin.etag)}"` });
