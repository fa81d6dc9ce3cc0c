/** docs/differences.md, read when the page is built: see vite.config.ts. */
declare module 'virtual:differences' {
  const differences: import('./text/differences.ts').Differences;
  export default differences;
}
