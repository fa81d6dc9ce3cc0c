/** Where the emulator differs from the service, as docs/differences.md says it. */
export interface Difference {
  /** With names of code in backticks. */
  readonly text: string;
  /** The reason; undefined for a guess, where no public source says what the service does. */
  readonly why?: string;
}

/** The features that differ, and what a row of the document that concerns one has in it: in its words, or as the file of a guess. */
const TOPICS = {
  twins: /hub\/twins\/|\btwins?\b|\$version|desired|reported/i,
  queries: /dialect\.ts|hub\/query\/(?!routing-message)|\bquer(?:y|ies)\b/i,
  jobs: /hub\/jobs\/|\bjobs?\b/i,
  configurations: /hub\/configurations\/|\bconfigurations?\b/i,
  routing: /hub\/routing\/|routing-message|emulator\/egress\/|\broute[sd]?\b|\brouting\b|webhook/i,
  events: /event-stream\/|event-hubs\/|\btelemetry\b|\bevent hubs?\b|\bpartitions?\b|consumer group/i,
  'cloud-to-device': /delivery-guesses|deliver(?:y|ies)\.ts|inbox|feedback|messages? (?:to|for) a device|devicebound/i,
  methods: /messaging\/(?:method|module-reach)|(?<!wrong |internal |auth-)\bmethods?\b/i,
  files: /hub\/files\/|azure-storage|\buploads?\b|\buploaded\b|\bfile name/i,
  identities: /hub\/registry\/|emulator\/auth\/|\bidentit(?:y|ies)\b|\btokens?\b|\bkeys?\b|certificate|\bimports?\b/i,
  tiers: /hub\/tiers\/|\btiers?\b|throttl|quota/i,
  protocols: /servers\/(?:mqtt|amqp|rest|http)\/|protocol\/|kernel\/|\bMQTT\b|\bAMQP\b|\bHTTPS?\b|api-version/i,
} as const;

/** What a mark on the page can be about; `everything` is all rows. */
export type Topic = keyof typeof TOPICS | 'everything';

export interface Differences {
  readonly rows: readonly Difference[];
  /** The numbers of the rows about each topic. */
  readonly about: Readonly<Record<keyof typeof TOPICS, readonly number[]>>;
}

/** Reads docs/differences.md. */
export const readDifferences = (markdown: string): Differences => {
  const rows = markdown.split(/^## /m).flatMap((section) => rowsIn(section, section.startsWith('Guesses')));
  const numbers = (pattern: RegExp) => rows.flatMap(({ whole }, number) => (pattern.test(whole) ? [number] : []));
  return {
    rows: rows.map(({ row }) => row),
    about: mapValues(TOPICS, numbers),
  };
};

export const rowsAbout = ({ rows, about }: Differences, topic: Topic): readonly Difference[] =>
  topic === 'everything' ? rows : about[topic].flatMap((number) => rows[number] ?? []);

const mapValues = <Name extends string, T, U>(from: Readonly<Record<Name, T>>, to: (value: T) => U): Record<Name, U> =>
  Object.fromEntries(Object.entries<T>(from).map(([name, value]) => [name, to(value)])) as Record<Name, U>; // the same names

interface Row {
  /** The line of the document. */
  readonly whole: string;
  readonly row: Difference;
}

/** Of the tables in a section; the first line of a table has names of columns, the second one is drawn. */
const rowsIn = (section: string, areGuesses: boolean): readonly Row[] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => {
      const [text = '', second = ''] = line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => plain(cell.trim()));
      return { whole: line, row: areGuesses ? { text } : { text, why: second } };
    });

/** Links lead nowhere on the page. */
const plain = (text: string): string => text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('\\|', '|');
