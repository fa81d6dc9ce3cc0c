import { type Finding, fail, ok, skip, warn } from './finding.ts';
import type { Subject } from './subject.ts';

const CHECK = 'emulator';

export const emulatorCheck = async ({ hub, found: { url, record }, self }: Subject): Promise<Finding[]> => {
  if (hub === undefined) return [skip(CHECK, `there is none at ${url}: the other checks are about the next start`)];
  if (hub === 'locked') return [warn(CHECK, `${url} requires a token`, `${self} doctor --admin-token TOKEN`)];
  const pid = record === undefined ? '' : `, pid ${record.pid}`;
  const text = `version ${hub.version} runs at ${url}${pid}`;
  return [hub.isHealthy ? ok(CHECK, text) : fail(CHECK, `${text}, and is not healthy`, `curl ${url}/health`)];
};
