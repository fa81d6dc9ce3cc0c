// npm run foreign:prepare [-- --apt]: fetches what tests need besides our own dependencies, before any test runs.
// With --apt, and as root, also the packages of Debian. With --container, what `npm run test:container` needs without Docker, too.
import { debianBase } from '../../container/debian-base.ts';
import { debianNeeds, fetchAll, registryNeeds } from './prepare.ts';
import { CONTAINER_PACKAGES, DEBIAN_PACKAGES } from './table.ts';

const print = (line: string): void => console.log(line);
const apt = process.argv.includes('--apt') && process.getuid?.() === 0;
const container = process.argv.includes('--container');

// Debian's first: Python and Maven are among them
const debian = [...DEBIAN_PACKAGES, ...(container ? CONTAINER_PACKAGES : [])];
const reasons = await fetchAll(debianNeeds(apt, debian), print);
const registries = [...registryNeeds(), ...(container ? [debianBase()] : [])];
if (reasons.length === 0) reasons.push(...(await fetchAll(registries, print)));

if (reasons.length === 0) print('All packages that the tests need are installed.');
else {
  console.error(['', 'These packages are missing:', ...reasons].join('\n\n'));
  process.exitCode = 1;
}
