import { type ForeignHub, startHub } from '../support/hub.ts';
import { type Answer, objectOf, replayer } from '../support/replay.ts';
import { CALLS, type Call, CODES } from './codes.ts';

/** What a command puts into a request. */
export interface Asked {
  /** For the placeholders in the path, in order. */
  readonly names?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** For example `top=10`. */
  readonly query?: string;
}

/** `If-Match: *`, in the quotes that the commands put around it. */
export const ANY = { 'If-Match': '"*"' };

const DEVICE_SIDE = CALLS.indexOf('POST /devices/{id}/messages/events');

/** The requests of the azure-iot extension of the az command line. */
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
      throw new Error(
        `${call} was answered ${answer.status}, which az takes for a failure: ${JSON.stringify(answer.body)}`,
      );
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
    /** Makes a call. Rejects unless az accepts the status. */
    ask,
    /** Makes a call that fails. */
    refused: send,
    /** Makes a request to the hub that is not in the table of calls. */
    replay,
    query,
    /** Makes a call and returns the body, an object. */
    object: async (call: Call, asked: Asked = {}) => objectOf((await ask(call, asked)).body),
    /** All rows of a query, requested page by page. */
    rows: async (text: string): Promise<Record<string, unknown>[]> => {
      const rows: Record<string, unknown>[] = [];
      let token: string | undefined;
      do {
        const page = await query(text, token === undefined ? {} : { 'x-ms-continuation': token });
        rows.push(...(page.body as Record<string, unknown>[])); // the queries here select objects
        token = page.headers['x-ms-continuation']?.toString();
      } while (token !== undefined);
      return rows;
    },
    /** `az iot hub device-identity create`, with the properties of `more`. */
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
    /** Calls that have not succeeded yet. */
    unseen: (): Call[] => CALLS.filter((call) => !succeeded.has(call)),
    close: hub.close,
  };
};

export type Tool = Awaited<ReturnType<typeof openTool>>;
