/** `laws-quick` is the project of `npm run check`, `laws` that of `npm test`. */
const isQuick = process.env.LAWS === 'quick';

/** How often a law is tried: as often as it says, or a tenth of that where the whole check takes seconds. */
export const runs = (all: number): number => (isQuick ? Math.ceil(all / 10) : all);
