import { HubError } from '../../../protocol/errors.ts';
import type { Since } from './version.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();

/** The refusal of a moment before a history begins, or of one that is empty. */
export const tooEarly = (what: string, from: Since | undefined): HubError =>
  new HubError(
    'GenericNotFound',
    from === undefined
      ? `${what} is empty.`
      : `${what} begins with event ${from.event}, at ${iso(from.at)}; earlier versions are not kept.`,
  );
