import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a reader of a section finds to do, as one script: files to save, commands to type; and what they shall see. */
export interface Printed {
  readonly script: string;
  readonly output: string;
}

const DOCUMENT = fileURLToPath(new URL('../../../docs/sdks.md', import.meta.url));

/** A fenced block, with the name under which it is to be saved if it has one. */
const BLOCK = /(?:^`([^`\n]+)`:\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm;

/** The section of docs/sdks.md under that heading; what stands before all headings is under ''. */
export const printed = (heading: string): Printed => {
  const sections = readFileSync(DOCUMENT, 'utf8').split(/^## /m);
  const section = heading === '' ? sections[0] : sections.find((text) => text.startsWith(`${heading}\n`));
  const script: string[] = [];
  let output = '';
  for (const [, name, language, text = ''] of (section ?? '').matchAll(BLOCK)) {
    if (name !== undefined) script.push(`cat > ${name} << 'END OF FILE'\n${text}END OF FILE\n`);
    else if (language === 'sh') script.push(text);
    else output += text;
  }
  return { script: script.join(''), output };
};
