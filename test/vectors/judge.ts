import type { Json } from '../../protocol/json.ts';
import { idOf, multiset, type Refusal, type Vectors } from '../support/hub/vectors.ts';
import { member, type Reply, type Target } from './target.ts';

/** What is wrong; undefined if nothing is. */
export type Complaint = string | undefined;

type QueryVector = Vectors['vectors'][number];
type ConditionVector = Vectors['targetConditions'][number];

/** Sends a query, follows its pages and compares. */
export const judgeQuery = async (target: Target, vector: QueryVector): Promise<Complaint> => {
  const { first, items } = await answerTo(target, vector.query);
  const { expect } = vector;
  if (first.status !== 200) {
    const refusal = { status: first.status, errorCode: first.headers['iothub-errorcode'] };
    const allowed = [expect.error, vector.alternateError].filter((one) => one !== undefined);
    return allowed.some((one) => isSame(one, refusal)) ? undefined : `refused with ${JSON.stringify(refusal)}`;
  }
  if (expect.error !== undefined && vector.alternateIds === undefined) return 'answered, though it is to be refused';
  if (expect.itemType !== undefined && first.headers['x-ms-item-type'] !== expect.itemType)
    return `x-ms-item-type is ${first.headers['x-ms-item-type']}`;
  return itemsComplaint(items, vector);
};

/** The sizes of a query's pages; the last one has no continuation. */
export const judgePages = async (
  target: Target,
  { query, maxItemCount, pages }: Vectors['paging'][number],
): Promise<Complaint> => {
  const { sizes } = await answerTo(target, query, maxItemCount);
  return String(sizes) === String(pages) ? undefined : `pages of ${sizes}, not of ${pages}`;
};

export const judgeCondition =
  (kind: 'targetCondition' | 'jobCondition') =>
  async (target: Target, vector: ConditionVector): Promise<Complaint> => {
    const { expect, alternateIds, alternateError } = vector;
    const { status, body } = await target.admin('POST', '/evaluate', { kind, text: vector.condition });
    if (expect.asyncFailure === true) return status === 400 ? undefined : 'taken, though a job would fail by it';
    if (status !== 200)
      return oneOf([expect.error, alternateError], (error) => refusalComplaint(error, { status, body }), 'is refused');
    const ids = member(body, 'ids');
    const found = Array.isArray(ids) ? ids.map(String) : [];
    const wanted = [expect.moduleIds ?? expect.ids, alternateIds];
    return oneOf(wanted, (one) => sameSet(found, one), 'taken, though it is to be refused');
  };

/** Stores the query as a metric of a configuration, and reads its count. */
export const judgeMetric = async (target: Target, vector: Vectors['metricQueries'][number]): Promise<Complaint> => {
  const path = '/configurations/vectors-metric';
  const content = { deviceContent: { 'properties.desired.vectors': 1 } };
  await target.rest('DELETE', path); // in case an earlier run was stopped
  const stored = await target.rest('PUT', path, {
    body: { id: 'vectors-metric', content, targetCondition: '', metrics: { queries: { m: vector.query } } },
  });
  if (!vector.accepted) return stored.status === 400 ? undefined : `stored with ${stored.status}`;
  if (stored.status !== 200) return `refused with ${stored.status}`;
  const read = await target.rest('GET', path);
  await target.rest('DELETE', path);
  const counted = member(member(member(read.body, 'metrics') ?? null, 'results') ?? null, 'm');
  // a hub that evaluates configurations in rounds has not counted yet
  const count =
    counted ?? (vector.count === undefined ? undefined : (await answerTo(target, vector.query)).items.length);
  return vector.count === undefined || count === vector.count ? undefined : `counts ${count}, not ${vector.count}`;
};

export const judgeRoute =
  (message: Vectors['routing']['message']) =>
  async (target: Target, { condition, expect }: Vectors['routing']['vectors'][number]): Promise<Complaint> => {
    const { status, body } = await target.admin('POST', '/evaluate', {
      kind: 'routing',
      text: condition,
      message: { ...message },
    });
    const result = status === 200 ? member(body, 'result') : 'compile-error';
    return result === expect ? undefined : `is ${result}, not ${expect}`;
  };

interface Answered {
  readonly first: Reply;
  readonly items: readonly Json[];
  readonly sizes: readonly number[];
}

const answerTo = async (target: Target, query: string, maxItemCount?: number): Promise<Answered> => {
  const items: Json[] = [];
  const sizes: number[] = [];
  let first: Reply | undefined;
  let continuation: string | undefined;
  do {
    const page = await target.rest('POST', '/devices/query', {
      body: { query },
      headers: {
        ...(maxItemCount === undefined ? {} : { 'x-ms-max-item-count': String(maxItemCount) }),
        ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      },
    });
    first ??= page;
    continuation = page.headers['x-ms-continuation'];
    if (page.status === 200 && Array.isArray(page.body)) {
      items.push(...page.body);
      sizes.push(page.body.length);
    }
  } while (continuation !== undefined);
  return { first, items, sizes };
};

const itemsComplaint = (items: readonly Json[], { expect, alternateIds }: QueryVector): Complaint => {
  if (expect.count !== undefined && items.length !== expect.count) return `${items.length} rows, not ${expect.count}`;
  if (expect.rows !== undefined && String(multiset(items)) !== String(multiset(expect.rows)))
    return `rows ${JSON.stringify(items).slice(0, 300)}`;
  const ids = items.map(idOf);
  return oneOf([expect.ids, alternateIds], (wanted) => sameSet(ids, wanted), undefined);
};

const refusalComplaint = (error: Refusal, { status, body }: { status: number; body: Json }): Complaint => {
  const code = member(body, 'code');
  const said = { status, errorCode: code };
  if (!isSame(error, said)) return `refused with ${JSON.stringify(said)}`;
  const message = `ErrorCode:${code};${member(body, 'error')}`;
  return error.message === undefined || error.message === message ? undefined : `the text is ${message}`;
};

/** The complaint about the first outcome, unless one of them is met; `unexpected` if there are none. */
const oneOf = <T>(
  outcomes: readonly (T | undefined)[],
  complain: (outcome: T) => Complaint,
  unexpected: Complaint,
): Complaint => {
  const complaints = outcomes.filter((one) => one !== undefined).map(complain);
  if (complaints.length === 0) return unexpected;
  return complaints.includes(undefined) ? undefined : complaints[0];
};

const isSame = (wanted: Refusal, said: { readonly status: number; readonly errorCode: Json | undefined }): boolean =>
  wanted.status === said.status && wanted.errorCode === said.errorCode;

const sameSet = (ids: readonly string[], wanted: readonly string[]): Complaint =>
  String([...ids].sort()) === String([...wanted].sort())
    ? undefined
    : `finds ${ids.slice(0, 10).join(', ') || 'nothing'}`;
