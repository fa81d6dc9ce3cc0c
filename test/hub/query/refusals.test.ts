import { describe, expect, test, vi } from 'vitest';
import { Hub } from '../../../emulator/hub/hub.ts';
import { parseJobCondition, parseMetric, parseTargetCondition } from '../../../emulator/hub/query/conditions.ts';
import { Cursor } from '../../../emulator/hub/query/cursor.ts';
import { parseQuery } from '../../../emulator/hub/query/parse.ts';
import { parseRoute } from '../../../emulator/hub/query/routing.ts';
import { routable } from '../../../emulator/hub/query/routing-message.ts';
import { HubError } from '../../../protocol/errors.ts';

const NO_MESSAGE = { systemProperties: {}, appProperties: {}, body: () => undefined, twin: undefined };

const hintOf = (read: () => unknown): string | undefined => {
  try {
    read();
  } catch (error) {
    if (error instanceof HubError) return `${error.code};${error.text} ${error.hint}`;
    throw error;
  }
  return undefined;
};

describe('a syntax error has line, column and reason in its hint', () => {
  test.each([
    ['SELEC * FROM devices', 'line 1, column 1: expected SELECT, found "SELEC"'],
    ['SELECT *\nFROM devices\nWHERE', 'line 3, column 6: expected a name or a value, found the end'],
    ["SELECT * FROM devices WHERE tags.x = 'a", 'line 1, column 38: the string is not closed'],
    ['SELECT * FROM devices WHERE tags.group.x = 1', 'line 1, column 34: "group" is reserved; write [[group]]'],
    [
      'SELECT * FROM devices WHERE LOWER(deviceId) = 1',
      'line 1, column 29: "LOWER" is not a function of the query language',
    ],
    ['SELECT * FROM devices WHERE is_defined()', 'line 1, column 29: "is_defined" takes 1 argument, not 0'],
    ['SELECT * FROM devices d', 'line 1, column 23: expected the end, found "d"'],
    ['SELECT * FROM devices ORDER BY deviceId', 'line 1, column 23: expected the end, found "ORDER"'],
    ['SELECT * FROM devices WHERE a = 1 = 2', 'line 1, column 35: expected the end, found "="'],
    ['SELECT deviceId FROM devices.jobs', 'line 1, column 8: devices.jobs supports SELECT * only'],
    ['SELECT deviceId, COUNT() FROM devices', 'line 1, column 8: "deviceId" is not in GROUP BY'],
    ['SELECT COUNT(*) FROM devices', 'line 1, column 14: expected ")", found "*"'],
  ])('%s', (text, hint) => {
    expect(hintOf(() => parseQuery(text))).toBe(`ArgumentInvalid;BadRequest ${hint}`);
  });
});

test('a target condition must have no lists, though queries may', () => {
  expect(hintOf(() => parseTargetCondition("tags.a = 1\n  AND deviceId NIN ['x']"))).toBe(
    'InvalidConfigurationTargetCondition;BadRequest line 2, column 16: "NIN" is not allowed here, only in queries',
  );
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language: a query has at most 8,192 characters
const LONGEST = 8192;

/** A reader that goes over a text again and again needs hundreds. */
const MOST_PER_CHARACTER = 10;

/** Counts what reading a text costs: looks at its tokens, and characters that patterns matched. */
const costOf = (read: () => unknown): number => {
  const exec = RegExp.prototype.exec;
  let characters = 0;
  const matched = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text) {
    const match = exec.call(this, text);
    characters += match?.[0].length ?? 0;
    return match;
  });
  const looks = vi.spyOn(Cursor.prototype, 'ahead');
  try {
    read();
    return characters + looks.mock.calls.length;
  } finally {
    matched.mockRestore();
    looks.mockRestore();
  }
};

describe('a hostile text is refused at a cost in proportion to its length', () => {
  const readers: Readonly<Record<string, (text: string) => unknown>> = {
    'a query': (text) => parseQuery(`SELECT * FROM devices WHERE ${text}`),
    'a metric': (text) => parseMetric(`SELECT * FROM devices WHERE ${text}`),
    'a target condition': parseTargetCondition,
    'a target condition of modules': (text) => parseTargetCondition(`FROM devices.modules WHERE ${text}`),
    'a job condition': parseJobCondition,
    'a route': parseRoute,
  };
  const hostile: readonly (readonly [string, string])[] = [
    ['4,000 brackets', `${'('.repeat(4000)}1`],
    ['2,000 times NOT', `${'NOT '.repeat(2000)}true`],
    ['4,000 minus signs', `${'- '.repeat(4000)}1`],
    ['8,000 minus signs in a row', `${'-'.repeat(8000)} 1`],
    ['1,000 nested calls', 'is_null('.repeat(1000)],
    ['100,000 times OR', Array.from({ length: 100_000 }, () => 'a = 1').join(' OR ')],
    ['740 times OR, and nothing', "a = 'b' OR ".repeat(740)],
    ['2,000 times plus', Array.from({ length: 2000 }, () => '1').join(' + ')],
    ['3,000 brackets, closed', `${'('.repeat(3000)}true${')'.repeat(3000)}`],
    ['a list without end', `a IN [${'1,'.repeat(4000)}`],
    ['a name without end', `tags.[[${'x'.repeat(8000)}`],
    ['4,000 names', `a${'.a'.repeat(4000)} 1`],
    ['1 MB of text', `tags.x = '${'x'.repeat(1 << 20)}'`],
    ['1 MB of blanks', `${' '.repeat(1 << 20)}(`],
    ['8,000 blanks', `${' '.repeat(8000)}(`],
    ['an unclosed comment', `/*${'*'.repeat(8000)}`],
    ['2,000 comments and an unclosed one', `${'/**/'.repeat(2000)}/*`],
    ['digits without end', `a = ${'1'.repeat(8000)}a 1`],
    ['backslashes', `a = '${'\\\\'.repeat(4000)}`],
  ];
  const cases = Object.entries(readers).flatMap(([name, read]) =>
    hostile.map(([what, text]) => [`${name} with ${what}`, read, text] as const),
  );
  test.each(cases)('%s', (_, read, text) => {
    let hint: string | undefined;
    const cost = costOf(() => {
      hint = hintOf(() => read(text));
    });
    expect(hint).toMatch(/^(ArgumentInvalid|InvalidConf\w+);(BadRequest|SQL query parse failed) /);
    expect(cost).toBeLessThanOrEqual(MOST_PER_CHARACTER * Math.min(text.length, LONGEST));
  });
});

test('a text of the greatest length is read at a cost in proportion to its length, and its answer is found', () => {
  const { queries } = new Hub({ seed: 1, derive: (text) => text });
  const long = [
    `${'('.repeat(200)}true${')'.repeat(200)}`,
    `${'NOT '.repeat(200)}true`,
    Array.from({ length: 1600 }, () => 'a').join(' OR '),
    Array.from({ length: 900 }, () => 'a=1').join(' AND '),
    `${Array.from({ length: 500 }, () => '1').join(' + ')} = 500`,
    `a IN [${Array.from({ length: 4000 }, () => '1')}]`,
  ];
  for (const where of long) {
    const text = `SELECT * FROM devices WHERE ${where}`;
    const cost = costOf(() => queries.parse(text));
    expect(cost).toBeLessThanOrEqual(MOST_PER_CHARACTER * text.length);
    expect(queries.runNow(queries.parse(text)).items).toEqual([]);
  }
  const route = Array.from({ length: 900 }, () => 'true').join(' and ');
  const cost = costOf(() => expect(parseRoute(route)(routable(NO_MESSAGE))).toBe(true));
  expect(cost).toBeLessThanOrEqual(MOST_PER_CHARACTER * route.length);
});
