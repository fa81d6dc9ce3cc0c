/**
 * How many times as much CPU time `act` takes for an input of eight times the size: about 8 if it is linear, 64 if it is
 * quadratic. What else the machine does can only add to CPU time, so the least of several runs counts; the runs of both sizes
 * take turns, since a busy machine is slower for a while; and what looks too much is measured again.
 */
export const growth = (act: (size: number) => () => void, size: number): number => {
  const large = act(size * 8);
  const small = act(size);
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least > CLEARLY_LINEAR; attempt++)
    least = Math.min(least, leastGrowth(large, small));
  return least;
};

const ATTEMPTS = 4;
const CLEARLY_LINEAR = 16;
const RUNS = 5;
const LEAST_MICROSECONDS = 4_000;

const leastGrowth = (large: () => void, small: () => void): number => {
  large();
  small();
  const runs = Array.from({ length: RUNS }, () => [cpu(large), cpu(small)] as const);
  return Math.min(...runs.map(([time]) => time)) / Math.min(...runs.map(([, time]) => time));
};

/** Microseconds of one call. */
const cpu = (act: () => void): number => {
  const start = process.cpuUsage();
  let calls = 0;
  for (;;) {
    act();
    calls += 1;
    const { user, system } = process.cpuUsage(start);
    if (user + system >= LEAST_MICROSECONDS) return (user + system) / calls;
  }
};
