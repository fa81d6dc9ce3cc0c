/** Cells and units of SVG: a line has 100 characters. */
const COLUMNS = 100;
const CELL = { width: 8.4, height: 20 };
const MARGIN = 20;
const BAR = 36;

// GitHub's dark theme
const INK = '#e6edf3';
const PAPER = '#0d1117';
const FAINT = '#7d8590';
const COLOURS = ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'];

/** Seconds from the start until a command and each line of its output appear. */
const TYPING = 1.2;
const LINE = 0.06;

/** A session of a terminal (commands and what they printed, colours included) as a picture in SVG. */
export const draw = (session) => {
  const lines = appearing(session);
  const width = 2 * MARGIN + COLUMNS * CELL.width;
  const height = BAR + 2 * MARGIN + lines.length * CELL.height;
  const drawn = lines.map(({ text, at }, row) => {
    const y = BAR + MARGIN + (row + 0.75) * CELL.height;
    return `<text x="${MARGIN}" y="${y}" style="animation-delay:${at.toFixed(2)}s">${spansOf(text)}</text>`;
  });
  const knobs = ['#ff5f57', '#febc2e', '#28c840'].map(
    (colour, index) => `<circle cx="${MARGIN + index * 18}" cy="${BAR / 2}" r="6" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(labelOf(session))}">
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: ${INK}; white-space: pre; animation: appear 0.01s backwards }
@keyframes appear { from { opacity: 0 } }
@media (prefers-reduced-motion: reduce) { text { animation: none } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>
${knobs.join('\n')}
${drawn.join('\n')}
</svg>
`;
};

const labelOf = (session) => `A terminal: ${session.map(({ command }) => command).join('; ')}`;

/** All lines as wide as the terminal, with the second at which each appears. */
const appearing = (session) => {
  let at = 0;
  return session.flatMap(({ command, output }) => {
    const begun = at;
    at += TYPING;
    const printed = wrapped(output.trimEnd()).map((text) => {
      at += LINE;
      return { text, at };
    });
    return [{ text: `\x1b[32m$\x1b[0m \x1b[1m${command}\x1b[0m`, at: begun }, ...printed, { text: '', at }];
  });
};

/** Escape sequences take no place in a line. */
const PIECE = /\x1b\[[\d;]*m|[\s\S]/gu;

const wrapped = (output) =>
  output.split('\n').flatMap((line) => {
    const lines = [''];
    let column = 0;
    for (const [piece] of line.matchAll(PIECE)) {
      const takes = piece.length > 1 && piece.startsWith('\x1b') ? 0 : 1;
      if (column + takes > COLUMNS) {
        lines.push('');
        column = 0;
      }
      lines[lines.length - 1] += piece;
      column += takes;
    }
    return lines;
  });

/** Text with colours and weight as SVG has them. https://en.wikipedia.org/wiki/ANSI_escape_code#SGR */
const spansOf = (text) => {
  let style = {};
  return text
    .split(/(\x1b\[[\d;]*m)/)
    .map((part) => {
      const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
      if (codes === undefined) return part === '' ? '' : `<tspan${attributesOf(style)}>${escaped(part)}</tspan>`;
      for (const code of codes.split(';').map(Number)) style = styled(style, code);
      return '';
    })
    .join('');
};

const styled = (style, code) => {
  if (code === 0) return {};
  if (code === 1) return { ...style, weight: 'bold' };
  if (code === 2) return { ...style, fill: FAINT };
  if (code === 22) return { ...style, weight: undefined, fill: style.fill === FAINT ? undefined : style.fill };
  if (code === 39) return { ...style, fill: undefined };
  const colour = COLOURS[code % 10];
  return (code >= 30 && code <= 37) || (code >= 90 && code <= 97) ? { ...style, fill: colour } : style;
};

const attributesOf = ({ fill, weight }) =>
  `${fill === undefined ? '' : ` fill="${fill}"`}${weight === undefined ? '' : ` font-weight="${weight}"`}`;

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
