import type { HistoryList, HistoryVersion, LatestVersions } from '../../../protocol/admin/history.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { renderIdentity } from '../registry/identity-document.ts';
import { renderTwin } from '../twins/twin-document.ts';
import { actorText } from './actors.ts';
import { type Difference, differences } from './differences.ts';
import type { History } from './history.ts';
import type { LatestQuery } from './latest.ts';
import type { Version } from './version.ts';

/** The versions of one id with what each has changed. Throws DeviceNotFound, ModuleNotFound. */
export const renderHistory = (history: History, key: IdentityKey): HistoryList =>
  history.list(key).map((version, index, all) => ({
    ...headOf(version),
    changes: changesBetween(all[index - 1], version),
  }));

/** The latest versions of all ids, newest first. Throws GenericNotFound if none are kept. */
export const renderLatest = (history: History, query: LatestQuery): LatestVersions =>
  history.latest(query).map(({ key, version, before }) => {
    const what = kindOf(version, before);
    return {
      id: key,
      ...headOf(version),
      what,
      changes: what === 'changed' ? changesBetween(before, version) : [],
    };
  });

const kindOf = ({ number, member }: Version, before: Version | undefined): LatestVersions[number]['what'] => {
  if (member === undefined) return 'deleted';
  const isNew = before === undefined ? number === 1 : before.member === undefined;
  return isNew ? 'created' : 'changed';
};

/** One version, compared with another one. Throws DeviceNotFound, ModuleNotFound, GenericNotFound. */
export const renderVersion = (
  history: History,
  key: IdentityKey,
  { number, against }: { readonly number: number; readonly against?: number | undefined },
): HistoryVersion => {
  const version = history.get(key, number);
  const other =
    against === undefined ? history.list(key).find((one) => one.number === number - 1) : history.get(key, against);
  const { member } = version;
  return {
    ...headOf(version),
    changes: changesBetween(other, version),
    twin: member === undefined ? null : renderTwin(member),
    identity: member === undefined ? null : renderIdentity(member),
  };
};

/** A first version has no changes of its own: what was before is not known, unless it was created. */
const changesBetween = (before: Version | undefined, after: Version): Difference[] =>
  before === undefined ? [] : differences(before.member, after.member);

const headOf = ({ number, event, at, by }: Version) => ({
  version: number,
  event,
  at: new Date(at).toISOString(),
  by: actorText(by),
});
