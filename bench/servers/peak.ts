/** The most resident memory that this process has, as far as a look every few milliseconds tells. */
export const watchPeak = () => {
  let most = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  return {
    begin(): void {
      most = 0;
      look();
      timer = setInterval(look, 5);
    },
    /** KB. */
    end(): number {
      look();
      clearInterval(timer);
      return most / 1024;
    },
  };
};
