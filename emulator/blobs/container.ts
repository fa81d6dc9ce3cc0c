import { BlobError } from './blob-error.ts';
import { splitLines } from './lines.ts';
import { Watch, watched } from './watch.ts';

/** How long requests may take. */
export interface Deadlines {
  /** Ends every request when it is aborted. */
  readonly signal: AbortSignal;
  /** The longest time without progress: until an answer, and between two pieces of its body, ms; default 60 s. */
  readonly timeoutMs?: number | undefined;
}

/**
 * A container of blobs, by a URL that carries its own credentials.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export class Container {
  readonly #uri: URL;
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number;

  /** Throws BlobError if `uri` is not an http or https URL. */
  constructor(uri: string, { signal, timeoutMs = TIMEOUT_MS }: Deadlines) {
    if (!URL.canParse(uri)) throw new BlobError('The URI of the container is not a valid URL.');
    this.#uri = new URL(uri);
    if (!/^https?:$/.test(this.#uri.protocol))
      throw new BlobError('The URI of the container is not an http or https URL.');
    // fetch would refuse it, and repeat the password in its message
    if (this.#uri.username !== '' || this.#uri.password !== '')
      throw new BlobError('The URI of the container must not have a user name or password; use a SAS.');
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
  }

  /** Writes a block blob from pieces of text, without having all of it in memory. */
  async write(name: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const ids: string[] = [];
    const put = async (text: string): Promise<void> => {
      const id = Buffer.from(String(ids.length).padStart(10, '0')).toString('base64');
      await this.#request('PUT', name, { query: { comp: 'block', blockid: id }, body: text });
      ids.push(id);
    };
    let waiting = '';
    for await (const piece of pieces) {
      waiting += piece;
      if (waiting.length < BLOCK) continue;
      await put(waiting);
      waiting = '';
    }
    if (waiting !== '') await put(waiting);
    const list = ids.map((id) => `<Latest>${id}</Latest>`).join('');
    const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
    await this.#request('PUT', name, { query: { comp: 'blocklist' }, body });
  }

  /** Writes a block blob at once, if there is none of this name. Throws a BlobError with the code BlobAlreadyExists. */
  async create(name: string, body: Uint8Array, contentType: string): Promise<void> {
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'if-none-match': '*', 'content-type': contentType };
    await this.#request('PUT', name, { body, headers });
  }

  /** The lines of a blob, without line ends and without an empty last line. */
  async *lines(name: string): AsyncGenerator<string> {
    const watch = new Watch(this.#signal, this.#timeoutMs);
    const action = `GET of ${name}`;
    try {
      const { body } = await this.#ask(watch, 'GET', name);
      yield* splitLines(watched(body ?? [], watch), action);
    } catch (error) {
      throw watch.explain(action, error);
    } finally {
      watch.end();
    }
  }

  /** Throws BlobError unless the blob exists and may be read. */
  async probe(name: string): Promise<void> {
    await this.#request('HEAD', name);
  }

  async delete(name: string): Promise<void> {
    await this.#request('DELETE', name);
  }

  /** A request of whose answer only the status counts. */
  async #request(method: string, name: string, content: Content = {}): Promise<void> {
    const watch = new Watch(this.#signal, this.#timeoutMs);
    try {
      const { body } = await this.#ask(watch, method, name, content);
      await body?.cancel();
    } catch (error) {
      throw watch.explain(`${method} of ${name}`, error);
    } finally {
      watch.end();
    }
  }

  async #ask(
    watch: Watch,
    method: string,
    name: string,
    { query = {}, headers, body }: Content = {},
  ): Promise<Response> {
    const url = new URL(this.#uri);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${name.split('/').map(encodeURIComponent).join('/')}`;
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const response = await fetch(url, {
      method,
      headers: { ...headers, 'x-ms-version': VERSION },
      // the URL of a container says which server may be asked; its answer may not name others
      redirect: 'manual',
      signal: watch.signal,
      ...(body === undefined ? {} : { body }),
    });
    watch.progress();
    if (response.ok) return response;
    await response.body?.cancel();
    const code = response.headers.get('x-ms-error-code') ?? response.statusText;
    throw new BlobError(`${method} of ${name}: ${response.status} ${code}`, code);
  }
}

// characters, mostly ASCII: about 4 MB
const BLOCK = 4 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
// supported by every storage service, and by a SAS of any version
const VERSION = '2020-10-02';

interface Content {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}
