const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds in `500ms`, `30s`, `5m`, `1h`, `2d` or a plain number of milliseconds; undefined for anything else. */
export const parseDuration = (text: string | number): number | undefined => {
  if (typeof text === 'number') return text >= 0 ? text : undefined;
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  const unit = UNITS[found?.[2] ?? 'ms'];
  return found === null || unit === undefined ? undefined : Number(found[1]) * unit;
};
