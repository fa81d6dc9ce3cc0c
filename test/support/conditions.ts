import type { Member } from '../../emulator/hub/member.ts';
import type { Conditions, Selection } from '../../emulator/hub/selection.ts';
import { HubError } from '../../protocol/errors.ts';
import type { Json } from '../../protocol/json.ts';

/** Just enough of the language to test rooms without it: `a.b = 'x'` joined by AND, `*`, and the modules' prefix. */
const read = (text: string, code: 'ArgumentInvalid' | 'InvalidConfigurationTargetCondition'): Selection => {
  const modules = /^from devices\.modules where /i.exec(text);
  const condition = modules === null ? text : text.slice(modules[0].length);
  const collection = modules === null ? 'devices' : 'devices.modules';
  if (condition === '*') return { collection, matches: () => true };
  if (condition === '') return { collection, matches: () => false };
  const parts = condition.split(/ and /i).map((part) => {
    const [, path = '', value = ''] =
      /^([\w.$]+) *= *'([^']*)'$/.exec(part) ??
      (() => {
        throw new HubError(code, 'BadRequest');
      })();
    return { path: path.split('.'), value };
  });
  return { collection, matches: (member) => parts.every(({ path, value }) => at(member, path) === value) };
};

const at = ({ identity, twin }: Member, [root, ...rest]: string[]): Json | undefined => {
  const [section, ...deeper] = rest;
  switch (root) {
    case 'deviceId':
      return identity.deviceId;
    case 'moduleId':
      return identity.moduleId;
    case 'tags':
      return into(twin.tags, rest);
    case 'properties':
      return into(section === 'desired' ? twin.desired.values : twin.reported.values, deeper);
    default:
      return undefined;
  }
};

const into = (value: Json | undefined, path: string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? (inner as Record<string, Json>)[key]
        : undefined,
    value,
  );

export const simpleConditions: Conditions = {
  job: (text) => read(text, 'ArgumentInvalid'),
  target: (text) => read(text, 'InvalidConfigurationTargetCondition'),
  count: () => 0,
};
