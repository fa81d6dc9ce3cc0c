import { type ForeignHub, startHub } from '../support/hub.ts';
import { type Answer, objectOf, replayer } from '../support/replay.ts';
import { ABSENT, CALLS, type Call, CODES } from './codes.ts';

/** What a command puts into a request. */
export interface Asked {
  /** For the places in the path, in their order. */
  readonly names?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Such as `top=10`. */
  readonly query?: string;
}

/** `If-Match` for "whatever there is", with the quotes that the commands put around it. */
export const ANY = { 'If-Match': '"*"' };

const DEVICE_SIDE = CALLS.indexOf('POST /devices/{id}/messages/events');

/** The extension azure-iot of the az command line, as far as a hub sees it. */
export const openTool = async () => {
  const hub: ForeignHub = await startHub();
  const replay = replayer(hub, 600);
  const succeeded = new Set<Call>();
  const send = (call: Call, { names = [], headers = {}, body, query }: Asked): Promise<Answer> => {
    const [method = '', path = ''] = call.split(' ');
    const left = names.map(encodeURIComponent);
    const version = CALLS.indexOf(call) < DEVICE_SIDE ? '2024-03-31' : '2019-10-01';
    const target = path.replace(/\{\w+\}/g, () => left.shift() ?? '');
    return replay({
      method,
      target: `${target}?${query === undefined ? '' : `${query}&`}api-version=${version}`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json; charset=utf-8',
        'x-ms-client-request-id': 'f0f9a4f2-0000-4000-8000-000000000001',
        'accept-language': 'en-US',
        ...headers,
      },
      body,
    });
  };
  const ask = async (call: Call, asked: Asked = {}): Promise<Answer> => {
    const answer = await send(call, asked);
    const codes: readonly number[] = CODES[call];
    if (!codes.includes(answer.status))
      throw new Error(`${call} was answered ${answer.status}, for az a failure: ${JSON.stringify(answer.body)}`);
    succeeded.add(call);
    return answer;
  };
  const query = (text: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask('POST /devices/query', {
      headers: { 'Cache-Control': 'no-cache, must-revalidate', ...headers },
      body: { query: text },
    });
  return {
    hub,
    /** Asks what az takes for a success. Rejects on any other status. */
    ask,
    /** Asks what shall fail, whatever the failure. */
    refused: send,
    query,
    /** The body of a success, an object. */
    object: async (call: Call, asked: Asked = {}) => objectOf((await ask(call, asked)).body),
    /** The rows that a query gives, page by page as the commands ask for them. */
    rows: async (text: string): Promise<Record<string, unknown>[]> => {
      const rows: Record<string, unknown>[] = [];
      let token: string | undefined;
      do {
        const page = await query(text, token === undefined ? {} : { 'x-ms-continuation': token });
        rows.push(...(page.body as Record<string, unknown>[])); // rows of a query that selects objects
        token = page.headers['x-ms-continuation']?.toString();
      } while (token !== undefined);
      return rows;
    },
    /** `az iot hub device-identity create`, with what `more` says otherwise. */
    create: async (id: string, more: object = {}) =>
      objectOf(
        (
          await ask('PUT /devices/{id}', {
            names: [id],
            body: {
              deviceId: id,
              status: 'enabled',
              authentication: { symmetricKey: {}, type: 'sas' },
              capabilities: { iotEdge: false },
              ...more,
            },
          })
        ).body,
      ),
    /** Calls that no command was successful with, though the hub has them. */
    unseen: (): Call[] => CALLS.filter((call) => !succeeded.has(call) && !ABSENT.includes(call)),
    close: hub.close,
  };
};

export type Tool = Awaited<ReturnType<typeof openTool>>;
