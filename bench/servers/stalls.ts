import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** How long the event loop was blocked, and for how long by garbage collection, ms. */
export interface Stalls {
  readonly p99: number;
  readonly longest: number;
  readonly longestCollection: number;
  /** The share of the time, 0 to 1, that the event loop was busy. */
  readonly busy: number;
}

export const watchStalls = () => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let longestCollection = 0;
  let before = performance.eventLoopUtilization();
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestCollection = Math.max(longestCollection, duration);
  });
  return {
    begin(): void {
      longestCollection = 0;
      before = performance.eventLoopUtilization();
      observer.observe({ entryTypes: ['gc'] });
      delay.reset();
      delay.enable();
    },
    end(): Stalls {
      delay.disable();
      observer.disconnect();
      return {
        p99: delay.percentile(99) / 1e6,
        longest: delay.max / 1e6,
        longestCollection,
        busy: performance.eventLoopUtilization(before).utilization,
      };
    },
  };
};
