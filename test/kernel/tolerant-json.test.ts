import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memberText, readJson, readJsonText } from '../../emulator/kernel/json-text.ts';
import { memberIn, parseTolerantly } from '../../emulator/kernel/tolerant-json.ts';
import type { Json } from '../../protocol/json.ts';
import vectors from '../vectors/json-net.json' with { type: 'json' };

interface Vector {
  readonly from: string;
  readonly text: string;
  /** Missing if the text is refused. */
  readonly value?: Json;
}

// `from` names a test or a method of https://github.com/JamesNK/Newtonsoft.Json
describe('Json.NET’s leniency', () => {
  test.each(vectors as readonly Vector[])('$from', ({ text, ...vector }) => {
    if ('value' in vector) expect(parseTolerantly(text)).toEqual(vector.value);
    else expect(() => parseTolerantly(text)).toThrow(SyntaxError);
  });
});

describe('the tolerant reader', () => {
  test('reads all JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseTolerantly(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('finds the text of a member, which parses to the member', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 });
    fc.assert(
      fc.property(object, fc.nat(4), fc.nat(9), (value, indent, pick) => {
        const sent: Json = JSON.parse(JSON.stringify(value));
        const names = Object.keys(Object(sent));
        const name = names[pick % names.length] ?? '';
        const text = memberIn(JSON.stringify(sent, null, indent), name) ?? '';
        expect(JSON.parse(text)).toEqual(Object(sent)[name]);
      }),
    );
  });

  test('never throws anything but a SyntaxError', () => {
    const marks = fc.string({ unit: fc.constantFrom(...'{}[],:\'"/*\\ \n\0a0x.-u1') });
    fc.assert(
      fc.property(marks, (text) => {
        try {
          readJsonText(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });

  test('refuses nesting that would overflow the stack', () => {
    expect(() => parseTolerantly(`${'['.repeat(100_000)}'`)).toThrow(SyntaxError);
  });

  test('tells line and column', () => {
    expect(() => readJson("{\n  'a': 'b',\n  c d\n}")).toThrow('(line 3, column 5)');
  });
});

describe('the text of a value', () => {
  test.each([
    [' {"a":1.50} ', '{"a":1.50}'],
    ["/* one */ {'a':1764349200123456789,} // two", "{'a':1764349200123456789,}"],
    ['"x"\u0000', '"x"'],
    ['1.0', '1.0'],
  ])('%j is kept as it was sent, without what stands around it', (sent, text) => {
    expect(readJsonText(sent).text).toBe(text);
  });

  test.each([
    ['{"payload":{"at":1764349200123456789}}', '{"at":1764349200123456789}'],
    ["{payload:'x',}", "'x'"],
    ['{"payload":1,"payload":1.50}', '1.50'],
    ['{"a":{"payload":1},"payload":[ "}", /* ] */ 2 ] }', '[ "}", /* ] */ 2 ]'],
    ['{"payload":,}', 'null'],
    ['{"a":1}', undefined],
    ['[1]', undefined],
  ])('the payload of %j is %j', (sent, text) => {
    expect(memberText(readJsonText(sent), 'payload')?.text).toBe(text);
  });
});
