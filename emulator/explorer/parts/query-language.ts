import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { StreamLanguage, type StringStream } from '@codemirror/language';
import type { Completion } from './editor-types.ts';
import { KEYWORDS } from './query-words.ts';

const WORDS = new Set(KEYWORDS.flatMap((keyword) => keyword.toLowerCase().split(' ')));

/** IoT Hub's query language, as far as colours need it. */
export const queryLanguage = StreamLanguage.define({
  name: 'iothub-query',
  token(stream: StringStream): string | null {
    if (stream.eatSpace()) return null;
    if (stream.match(/^'(?:[^'\\]|\\.|'')*'?/) || stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^\d+(?:\.\d+)?(?:e[+-]?\d+)?/i)) return 'number';
    if (stream.match(/^[A-Za-z_$][\w$]*(?:\.(?:[\w$]+|\[\[[^\]]*\]\]))*/))
      return WORDS.has(stream.current().toLowerCase()) ? 'keyword' : null;
    stream.next();
    return null;
  },
});

/** Completes words of the language and paths that exist. */
export const completeQuery =
  (known: () => readonly Completion[]) =>
  (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w$.[\]]*/);
    if (word === null || (word.from === word.to && !context.explicit)) return null;
    return {
      from: word.from,
      options: known().map(({ label, detail, kind }) => ({
        label,
        type: kind,
        ...(detail === undefined ? {} : { detail }),
        boost: kind === 'property' ? 1 : 0,
      })),
      validFor: /^[\w$.[\]]*$/,
    };
  };
