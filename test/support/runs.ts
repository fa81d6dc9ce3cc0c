/** `laws-quick` is the project of `npm run check`, `laws` that of `npm test`. */
const isQuick = process.env.LAWS === 'quick';

/** To look for mistakes longer: `IOTHUB_LAW_RUNS=10` tries each law ten times as often. */
const FACTOR = Number(process.env.IOTHUB_LAW_RUNS ?? 1);

/** How often a law is tried: as often as it says, or a tenth of that where the whole check takes seconds. */
export const runs = (all: number): number => FACTOR * (isQuick ? Math.ceil(all / 10) : all);

/** Cases that show that a law can fail: all of them, or the first few where the whole check takes seconds. */
export const planted = <Case>(all: readonly Case[]): readonly Case[] => (isQuick ? all.slice(0, 6) : all);
