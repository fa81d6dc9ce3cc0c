import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a section tells its reader to do, as scripts that save the files and run the commands. */
export interface Printed {
  /** All up to the first commands: in a section about an SDK they install it. */
  readonly first: string;
  /** All that follows. */
  readonly rest: string;
  /** What the section says is printed then. */
  readonly output: string;
}

const DOCUMENT = fileURLToPath(new URL('../../../docs/sdks.md', import.meta.url));

/** A fenced block, with the name of its file if it has one. */
const BLOCK = /(?:^`([^`\n]+)`:\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm;

/** The section of docs/sdks.md under that heading; '' is what stands before all headings. */
export const printed = (heading: string): Printed => {
  const sections = readFileSync(DOCUMENT, 'utf8').split(/^## /m);
  const section = heading === '' ? sections[0] : sections.find((text) => text.startsWith(`${heading}\n`));
  const steps: string[] = [];
  let first = 0;
  let output = '';
  for (const [, name, language, text = ''] of (section ?? '').matchAll(BLOCK)) {
    if (name !== undefined) steps.push(`cat > ${name} << 'END OF FILE'\n${text}END OF FILE\n`);
    else if (language === 'sh') {
      steps.push(text);
      first ||= steps.length;
    } else output += text;
  }
  return { first: steps.slice(0, first).join(''), rest: steps.slice(first).join(''), output };
};
