import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { installDebian, missingFrom } from './debian.ts';
import { installSet } from './install.ts';
import { installAsPrinted, printedFolder, SECTIONS } from './newcomer.ts';
import { allSets, folderOf, namesOf, type PackageSet } from './sets.ts';
import { BENCH, DEBIAN_PACKAGES } from './table.ts';

/** Something that tests need. */
export interface Need {
  /** Name and version, as printed. */
  readonly name: string;
  isThere(): boolean;
  /** Rejects if that fails. Undefined if this run may not fetch it. */
  readonly fetch?: () => Promise<void>;
  /** What the user can do instead. */
  readonly advice?: string;
}

/** The pauses before the second and the third try, ms. */
const PAUSES: readonly number[] = [5_000, 20_000];

/** The packages of Debian that this machine lacks. They are installed only if `apt` says so. */
export const debianNeeds = (apt: boolean, rows = DEBIAN_PACKAGES): Need[] => {
  const missing = missingFrom(rows);
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => name);
  return [
    {
      name: `${names.join(', ')} (Debian)`,
      isThere: () => missingFrom(missing).length === 0,
      ...(apt ? { fetch: () => installDebian(missing) } : {}),
      advice: `not on the PATH or not installed: apt-get install ${names.join(' ')}`,
    },
  ];
};

/** What comes from npm, PyPI and Maven Central. */
export const registryNeeds = (): Need[] => [
  ...allSets()
    .filter(({ packages }) => packages.some(({ usedBy }) => usedBy !== BENCH))
    .map(needOf),
  ...SECTIONS.map((section) => ({
    name: `what docs/sdks.md installs under ${section}`,
    isThere: () => existsSync(printedFolder(section)),
    fetch: () => installAsPrinted(section),
  })),
];

/** A set of the table. */
export const needOf = (set: PackageSet): Need => ({
  name: `${namesOf(set)} (${set.registry})`,
  isThere: () => existsSync(folderOf(set)),
  fetch: () => installSet(set),
});

type Print = (line: string) => void;

/** Fetches what is missing, in at most three tries each. Returns a message for each package that is still missing. */
export const fetchAll = async (needs: readonly Need[], print: Print, pauses = PAUSES): Promise<string[]> => {
  const reasons = await Promise.all(needs.map((need) => fetchOne(need, print, pauses)));
  return reasons.filter((reason) => reason !== undefined);
};

const fetchOne = async (need: Need, print: Print, pauses: readonly number[]): Promise<string | undefined> => {
  if (need.isThere()) return undefined;
  if (need.fetch === undefined) return `${need.name}: ${need.advice}`;
  let reason = '';
  for (const wait of [0, ...pauses]) {
    await pause(wait);
    try {
      await need.fetch();
      print(`fetched ${need.name}`);
      return undefined;
    } catch (error) {
      if (need.isThere()) return undefined; // another run was faster
      reason = `${need.name}: ${error instanceof Error ? error.message : error}`;
      print(`failed: ${reason}`);
    }
  }
  return reason;
};
