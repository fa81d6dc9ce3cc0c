/** True if a message to some topic below `prefix` matches the filter; both are given by level. MQTT 3.1.1 §4.7.1 */
export const reachesBelow = (filter: readonly string[], prefix: readonly string[]): boolean => {
  for (const [i, level] of prefix.entries()) {
    if (filter[i] === '#') return true;
    if (filter[i] !== '+' && filter[i] !== level) return false;
  }
  return filter.length > prefix.length;
};

/** True if a message to `topic` matches the filter. MQTT 3.1.1 §4.7.1 */
export const matchesTopic = (filter: string, topic: string): boolean => {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return levels.length >= i;
    if (levels[i] === undefined || (level !== '+' && level !== levels[i])) return false;
  }
  return levels.length === wanted.length;
};
