import { expect, test } from 'vitest';
import { createLog, type LogFields } from '../../emulator/log.ts';

const written = (format: 'pretty' | 'json', fields: LogFields): string => {
  const lines: string[] = [];
  createLog({ format, write: (line) => lines.push(line) }).warn('Refused a request', fields);
  return lines.join('');
};

test('a client can write no line of its own, and no escape sequence of a terminal', () => {
  const path = '/devices/x\n12:00:00 error The hub is open\u001b[2J\u009b1m\u2028';
  expect(written('pretty', { path })).toMatch(
    /^\d\d:\d\d:\d\d warn {2}Refused a request {2}path=\/devices\/x\\u000a12:00:00 error The hub is open\\u001b\[2J\\u009b1m\\u2028\n$/,
  );
});

test.each([
  ['https://user:pw@store.example/box', 'https://***@store.example/box'],
  ['https://store.example/box?sv=1&sig=abc%3D&sp=r', 'https://store.example/box?sv=1&sig=***&sp=r'],
  ['HostName=h;SharedAccessKeyName=k;SharedAccessKey=abc=', 'HostName=h;SharedAccessKeyName=k;SharedAccessKey=***'],
  ['SharedAccessSignature sr=h&sig=abc&se=1', 'SharedAccessSignature sr=h&sig=***&se=1'],
  ['Authorization: Bearer abc', 'Authorization: Bearer ***'],
])('%s is logged without its secret', (cause, masked) => {
  for (const format of ['pretty', 'json'] as const) expect(written(format, { cause })).toContain(masked);
});

test('the lines of a stack stay lines', () => {
  const lines: string[] = [];
  createLog({ format: 'pretty', write: (line) => lines.push(line) }).error('A request failed', new Error('broken'));
  expect(lines[0]?.split('\n').length).toBeGreaterThan(3);
});
