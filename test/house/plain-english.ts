/** A phrase that our texts avoid, and what to write instead. */
export interface Avoided {
  readonly phrase: RegExp;
  readonly instead: string;
}

/** Archaic English and words that only this project used; anything here has a plain word that a newcomer knows. */
export const AVOIDED: readonly Avoided[] = [
  {
    phrase: /(?<!\bthere )\b(?:is|are|was|were|be) no (?!longer|more than|later than|less than)/i,
    instead: 'is not a …',
  },
  { phrase: /\b(?:that|which) (?:is|are) none\b/i, instead: 'that is not a …' },
  { phrase: /\bshall\b/i, instead: 'must, will' },
  { phrase: /\bought to\b/i, instead: 'should' },
  { phrase: /\bbef[ae]ll(?:s|en)?\b/i, instead: 'happen to' },
  { phrase: /\bwho(?:so|m)?ever\b/i, instead: 'any client that, the caller' },
  { phrase: /(?<!['"`/=])\bnobody\b(?!['"`])/i, instead: 'no one, or the client that is meant' },
  { phrase: /\banybody\b/i, instead: 'any user, any client' },
  { phrase: /\bof (?:its|their) own accord\b/i, instead: 'by itself' },
  { phrase: /\banew\b/i, instead: 'again' },
  { phrase: /\bbut for\b/i, instead: 'except' },
  { phrase: /\bcan(?:not)? be had\b/i, instead: 'is (not) available' },
  { phrase: /\b(?:un)?less told otherwise\b|\bif not told otherwise\b/i, instead: 'by default' },
  { phrase: /\bas (?:it|they) (?:comes?|came|stands?|stood)\b/i, instead: 'unchanged' },
  { phrase: /\bst(?:ands?|ood) (?:in|behind|above|below|beside)\b/i, instead: 'is in' },
  { phrase: /\bgiv(?:es?|en) back\b/i, instead: 'returns' },
  { phrase: /\blet (?:in|pass)\b|\blets (?:in|pass)\b/i, instead: 'accept, allow' },
  { phrase: /\bgood-?bye\b/i, instead: 'DISCONNECT, closes' },
  { phrase: /\bdial(?:s|ed|led|ling)\b/i, instead: 'connect to' },
  {
    phrase: /\b(?:whence|thence|hither|thither|lest|thereof|therein|wherein|hereby|forthwith)\b/i,
    instead: 'plain words',
  },
  { phrase: /\btime-outs?\b/i, instead: 'timeout' },
  { phrase: /\bpatience\b/i, instead: 'timeout' },
  { phrase: /\bpatients?\b/i, instead: 'subject, emulator' },
  { phrase: /\b(?:mend|mends|mended|mending)\b/i, instead: 'fix' },
  { phrase: /\bmishaps?\b/i, instead: 'fault' },
  { phrase: /\btricksters?\b|\btreacherous\b/i, instead: 'handshake fault' },
  { phrase: /\btenants?\b/i, instead: 'hosted hub' },
  { phrase: /\b(?:sow|sows|sown|sowed|harvest|harvests|harvested)\b/i, instead: 'apply or export a seed' },
  { phrase: /\b(?:deaf|deafen|deafens)\b|\bears\b/i, instead: 'stop reading' },
  { phrase: /\bstrangers?\b/i, instead: 'unknown client' },
];

/** A line that may contain an avoided phrase, because it quotes another text. */
export interface Quoted {
  readonly file: string;
  /** A part of the line. */
  readonly text: string;
  readonly source: string;
}

export const QUOTED: readonly Quoted[] = [
  { file: 'test/house/words.test.ts', text: "// Throws if 'x' is no id.", source: 'the test of this list' },
];

/** The avoided phrases in a text: `line: "phrase" (write: …)`. */
export const findAvoided = (text: string, quoted: readonly string[] = []): string[] =>
  text.split('\n').flatMap((line, index) => {
    if (quoted.some((part) => line.includes(part))) return [];
    return AVOIDED.flatMap(({ phrase, instead }) => {
      const [found] = phrase.exec(line) ?? [];
      return found === undefined ? [] : [`${index + 1}: "${found}" (write: ${instead})`];
    });
  });
