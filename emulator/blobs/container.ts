/** What a storage service answered instead of doing what was asked. */
export class BlobError extends Error {
  override readonly name = 'BlobError';
}

/**
 * A container of blobs, by a URL that carries its own credentials.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export class Container {
  readonly #uri: URL;
  readonly #signal: AbortSignal;

  /** Everything stops when `signal` does. Throws BlobError for what is no http(s) URL. */
  constructor(uri: string, signal: AbortSignal) {
    if (!URL.canParse(uri)) throw new BlobError('The container is no URL.');
    this.#uri = new URL(uri);
    if (!/^https?:$/.test(this.#uri.protocol)) throw new BlobError('The container is no http or https URL.');
    this.#signal = signal;
  }

  /** Writes a block blob from pieces of text, without ever holding it whole. */
  async write(name: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const ids: string[] = [];
    const put = async (text: string): Promise<void> => {
      const id = Buffer.from(String(ids.length).padStart(10, '0')).toString('base64');
      await this.#ask('PUT', name, { query: { comp: 'block', blockid: id }, body: text });
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
    await this.#ask('PUT', name, { query: { comp: 'blocklist' }, body });
  }

  /** The lines of a blob, without their ends; an empty last one is left out. */
  async *lines(name: string): AsyncGenerator<string> {
    const { body } = await this.#ask('GET', name);
    const decoder = new TextDecoder();
    let rest = '';
    for await (const bytes of body ?? []) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
    rest += decoder.decode();
    if (rest !== '') yield rest;
  }

  /** Throws BlobError unless the blob is there and may be read. */
  async demand(name: string): Promise<void> {
    await this.#ask('HEAD', name);
  }

  async delete(name: string): Promise<void> {
    await this.#ask('DELETE', name);
  }

  async #ask(
    method: string,
    name: string,
    { query = {}, body }: { query?: Readonly<Record<string, string>>; body?: string } = {},
  ): Promise<Response> {
    const url = new URL(this.#uri);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${name.split('/').map(encodeURIComponent).join('/')}`;
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const response = await fetch(url, {
      method,
      headers: { 'x-ms-version': VERSION },
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
      ...(body === undefined ? {} : { body }),
    }).catch((error: unknown) => {
      throw new BlobError(`${method} of ${name}: ${reason(error)}`);
    });
    if (response.ok) return response;
    await response.body?.cancel();
    const code = response.headers.get('x-ms-error-code') ?? response.statusText;
    throw new BlobError(`${method} of ${name}: ${response.status} ${code}`);
  }
}

// blocks of ASCII JSON: about 4 MB
const BLOCK = 4 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
// old enough for every storage service, and for a SAS of any version
const VERSION = '2020-10-02';

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
