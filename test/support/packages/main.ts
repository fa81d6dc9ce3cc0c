// npm run foreign:prepare [-- --apt]: fetches what tests need besides our own dependencies, before any test runs.
// With --apt, and as root, also the packages of Debian.
import { debianNeeds, fetchAll, registryNeeds } from './prepare.ts';

const print = (line: string): void => console.log(line);
const apt = process.argv.includes('--apt') && process.getuid?.() === 0;

// Debian's first: Python and Maven are among them
const reasons = await fetchAll(debianNeeds(apt), print);
if (reasons.length === 0) reasons.push(...(await fetchAll(registryNeeds(), print)));

if (reasons.length === 0) print('All packages that the tests need are installed.');
else {
  console.error(['', 'These packages are missing:', ...reasons].join('\n\n'));
  process.exitCode = 1;
}
