import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import type { Member } from '../fleet/member.ts';
import { renderIdentity } from '../registry/identity-document.ts';

/** A value that two versions do not have in common; `before` or `after` is left out where there was none. */
export interface Difference {
  /** Names of members, joined by dots: `properties.desired.celsius`. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** What a person changes: without times, versions and etags, which follow. */
export const differences = (before: Member | undefined, after: Member | undefined): Difference[] => [
  ...between(before && contentOf(before), after && contentOf(after), []),
];

/** What differs in the twins of two devices or modules. */
export const twinDifferences = (one: Member, other: Member): Difference[] => [
  ...between(twinOf(one), twinOf(other), []),
];

const contentOf = (member: Member): JsonObject => ({
  identity: settled(renderIdentity(member)),
  ...twinOf(member),
});

const twinOf = ({ twin }: Member): JsonObject => ({
  ...(twin.tags === undefined ? {} : { tags: twin.tags }),
  properties: { desired: twin.desired.values, reported: twin.reported.values },
  ...(twin.modelId === '' ? {} : { modelId: twin.modelId }),
  ...(twin.configurations === undefined ? {} : { configurations: twin.configurations }),
});

const FOLLOWING = new Set([
  'etag',
  'connectionState',
  'connectionStateUpdatedTime',
  'statusUpdatedTime',
  'lastActivityTime',
  'cloudToDeviceMessageCount',
]);

const settled = (identity: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(identity).filter(([name]) => !FOLLOWING.has(name)));

function* between(before: Json | undefined, after: Json | undefined, path: readonly string[]): Generator<Difference> {
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* between(own(before, name), own(after, name), [...path, name]);
    return;
  }
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) return;
  yield {
    path: path.join('.'),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}
