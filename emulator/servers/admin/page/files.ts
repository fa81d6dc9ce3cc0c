import { promises } from 'node:fs';
import { extname, join } from 'node:path';
import type { Answer } from '../../http/response.ts';

/** Answers a GET of the page in the browser; undefined if the path is none of the page's. */
export type PageFiles = (segments: readonly string[]) => Promise<Answer | undefined>;

/** The page in `folder`: one document for the addresses of all its views, and the files that it loads. */
export const pageFiles =
  (folder: string): PageFiles =>
  async (segments) => {
    const [first, name = '', ...more] = segments;
    if (first === undefined || first === 'hub')
      return (await fileAt(join(folder, 'index.html'), FRESH)) ?? { status: 404, body: NOT_BUILT };
    if (first !== 'assets' || more.length > 0 || !ASSET.test(name)) return undefined;
    return fileAt(join(folder, 'assets', name), FOR_EVER);
  };

/** Letters, digits, hyphens and dots: no way out of the folder. */
const ASSET = /^[\w-]+(?:\.[\w-]+)+$/;

const FRESH = 'no-cache';
// the names of these files contain a hash of what is in them
const FOR_EVER = 'public, max-age=31536000, immutable';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing is loaded from elsewhere, and nothing runs that is not a file of the page. */
const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const fileAt = async (path: string, caching: string): Promise<Answer | undefined> => {
  const content = await promises.readFile(path).catch(() => undefined);
  if (content === undefined) return undefined;
  return {
    status: 200,
    headers: { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'cache-control': caching },
    body: { type: TYPES[extname(path)] ?? 'application/octet-stream', content },
  };
};

const NOT_BUILT = {
  type: 'text/plain; charset=utf-8',
  content: 'The page of this checkout is not built yet. Run: npm run page:build\n',
};
