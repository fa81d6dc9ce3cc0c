import { expect, test } from 'vitest';
import { asTable } from '../../emulator/cli/table.ts';

// ECMA-48: escape sequences move the cursor and change the title of a terminal, with ESC or with one character of C1
test('what a device reports cannot control the terminal that shows it', () => {
  expect(asTable([{ deviceId: 'd1', color: '\u001b[2Jred\u009b2J\r\n' }])).toBe(
    [
      'deviceId  color',
      '--------  --------------------------------',
      'd1        \\u001b[2Jred\\u009b2J\\u000d\\u000a',
      '',
    ].join('\n'),
  );
});

test('a table without rows says so', () => {
  expect(asTable([])).toBe('None.\n');
});
