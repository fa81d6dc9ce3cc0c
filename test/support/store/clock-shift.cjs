// Preloaded: each SIGUSR2 sets the clock of the machine back by an hour, as this process sees it.
const { now } = Date;
const HOUR = 3_600_000;
let back = Number(process.env.CLOCK_BACK_HOURS ?? 0) * HOUR;
Date.now = () => now() - back;
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => (args.length === 0 ? new target(target.now()) : new target(...args)),
});
process.on('SIGUSR2', () => {
  back += HOUR;
});
