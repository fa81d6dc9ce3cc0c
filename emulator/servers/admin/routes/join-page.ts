import { X509Certificate } from 'node:crypto';
import { renderSVG } from 'uqr';
import type { LessonDocument } from '../../../../protocol/admin/lessons.ts';
import type { ClassParts, StudentParts } from '../classroom.ts';

/** For the projector: the address, and the names to choose from. */
export const joinPage = ({ joinUrl, students }: ClassParts['current']): string => {
  const names = students.map(({ name, fork }) => `<li><a href="/join/${fork.name}">${escaped(name)}</a></li>`);
  return page('Join the class', [
    `<p class="address">${escaped(joinUrl)}</p>`,
    `<div class="code">${renderSVG(joinUrl)}</div>`,
    `<p>Choose your name:</p><ul class="names">${names.join('')}</ul>`,
  ]);
};

interface StudentPage {
  readonly student: StudentParts;
  readonly lesson: LessonDocument;
  readonly joinUrl: string;
  /** PEM; undefined if the certificate is the user's own. */
  readonly ca: string | undefined;
}

/** What one student needs: strings, trust, the first program, and what is done. */
export const studentPage = ({ student, lesson, joinUrl, ca }: StudentPage): string => {
  const { fork, name } = student;
  const [device] = [...fork.hub.fleet.devices.rows()].map(({ key }) => key);
  const strings = {
    IOTHUB_CONNECTION_STRING: fork.connectionString(),
    ...(device === undefined ? {} : { IOTHUB_DEVICE_CONNECTION_STRING: fork.deviceConnectionString(device) }),
  };
  return page(`${name} · lesson ${lesson.number}: ${lesson.title}`, [
    ...(ca === undefined ? [] : trustOf(ca, new URL('/ca.pem', joinUrl).href)),
    '<h2>Your hub</h2><p>In the terminal in which your programs run:</p>',
    listing(Object.entries(strings).map(([variable, value]) => `export ${variable}='${value}'`)),
    '<p>PowerShell:</p>',
    listing(Object.entries(strings).map(([variable, value]) => `$env:${variable} = '${value}'`)),
    `<section lang="${escaped(lesson.language)}">`,
    ...lesson.steps.flatMap(stepOf),
    '</section>',
    '<p><a href="">Look again</a></p>',
  ]);
};

const trustOf = (ca: string, address: string): readonly string[] => [
  '<h2>Trust the certificate of the hub</h2>',
  `<p>Compare the fingerprint with the one that your teacher shows (SHA-256):<br><code>${new X509Certificate(ca).fingerprint256}</code></p>`,
  '<p>Linux, macOS:</p>',
  listing([
    `curl -o ca.pem ${address}`,
    'export NODE_EXTRA_CA_CERTS=$PWD/ca.pem SSL_CERT_FILE=$PWD/ca.pem REQUESTS_CA_BUNDLE=$PWD/ca.pem',
  ]),
  '<p>PowerShell:</p>',
  listing([
    `curl.exe -o ca.pem ${address}`,
    '$env:NODE_EXTRA_CA_CERTS = $env:SSL_CERT_FILE = $env:REQUESTS_CA_BUNDLE = "$PWD\\ca.pem"',
  ]),
];

const stepOf = ({ title, text, done, waitingFor, hint, code }: LessonDocument['steps'][number], index: number) => [
  `<h2>${done ? '✓' : index + 1} ${escaped(title)}</h2>`,
  `<p>${escaped(text).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`,
  ...Object.entries(code).map(
    ([language, { file, text: program }]) =>
      `<details${done ? '' : ' open'}><summary>${escaped(`${language}: ${file}`)}</summary>${listing([program])}</details>`,
  ),
  ...(done ? ['<p>Done.</p>'] : [`<p>The hub waits for ${escaped(waitingFor ?? 'it')}.</p>`]),
  ...(done || hint === undefined ? [] : [`<p>Hint: ${escaped(hint)}</p>`]),
];

const listing = (lines: readonly string[]): string => `<pre>${escaped(lines.join('\n'))}</pre>`;

const page = (title: string, parts: readonly string[]): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style><h1>${escaped(title)}</h1>
${parts.join('\n')}
</html>
`;

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:60rem;margin:1rem auto;padding:0 1rem}
pre{padding:.5rem;border:1px solid;overflow:auto;user-select:all}code{overflow-wrap:anywhere}.address{font-size:2rem}
.code svg{width:18rem;background:#fff}.names{columns:12rem}
@media print{pre{white-space:pre-wrap;overflow-wrap:anywhere}h2{break-after:avoid}}`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
