import type { Context } from './context.ts';

const WIDTH = 30;

/** Draws how far loading is, on a terminal; elsewhere nothing is written. */
export const loadingBar = ({ err }: Context, isTerminal = process.stderr.isTTY === true) => {
  let shown = -1;
  return ({ loaded, total }: { readonly loaded: number; readonly total: number }): void => {
    const part = total === 0 ? 1 : loaded / total;
    const percent = Math.floor(part * 100);
    if (!isTerminal || percent === shown) return;
    shown = percent;
    const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH);
    err(`\r  Loading [${bar}] ${percent} %${part === 1 ? '\r\u001b[K' : ''}`);
  };
};
