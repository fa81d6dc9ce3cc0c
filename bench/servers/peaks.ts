/** The most resident memory that this process has, and the longest it computes in one go, as looks every few milliseconds tell. */
export const watchPeaks = () => {
  let resident = 0;
  let longest = 0;
  let spent = process.cpuUsage();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    resident = Math.max(resident, process.memoryUsage.rss());
    const { user, system } = process.cpuUsage(spent);
    longest = Math.max(longest, user + system);
    spent = process.cpuUsage();
  };
  return {
    begin(): void {
      look();
      resident = longest = 0;
      timer = setInterval(look, 1);
    },
    end(): Peaks {
      look();
      clearInterval(timer);
      return { resident: resident / 1024, longest: longest / 1000 };
    },
  };
};

export interface Peaks {
  /** KB. */
  readonly resident: number;
  /** Processor time from one look to the next, ms: what others have to wait for, whatever else the machine does. */
  readonly longest: number;
}
