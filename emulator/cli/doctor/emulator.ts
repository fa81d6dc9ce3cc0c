import { type Finding, fail, ok, skip, warn } from './finding.ts';
import type { Patient } from './patient.ts';

const CHECK = 'emulator';

export const emulatorCheck = async ({ hub, place, self }: Patient): Promise<Finding[]> => {
  if (hub === undefined) return [skip(CHECK, `none answers at ${place.url}: this is about the next start`)];
  if (hub === 'locked') return [warn(CHECK, `${place.url} demands a token`, `${self} doctor --admin-token TOKEN`)];
  const pid = place.located === undefined ? '' : `, pid ${place.located.pid}`;
  const text = `version ${hub.version} runs at ${place.url}${pid}`;
  return [hub.isHealthy ? ok(CHECK, text) : fail(CHECK, `${text}, and is not healthy`, `curl ${place.url}/health`)];
};
