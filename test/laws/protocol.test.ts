import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatConnectionString, parseConnectionString } from '../../protocol/connection-string.ts';
import { keyOf, nameOf } from '../../protocol/identity-key.ts';
import { formatBag, parseBag } from '../../protocol/property-bag.ts';
import { parseSas, signSas, verifySas } from '../../protocol/sas.ts';
import {
  featuresOf,
  filterOf,
  methodResponse,
  parseRequest,
  reportedPatch,
  telemetry,
  twinGet,
} from '../../protocol/topics.ts';

const id = fc.stringMatching(/^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,20}$/);
const name = fc.record({ deviceId: id, moduleId: fc.option(id, { nil: undefined }) });
const rid = fc.stringMatching(/^[A-Za-z0-9-]{1,40}$/);

test('an identity key tells device and module apart', () => {
  fc.assert(
    fc.property(name, (given) => {
      expect(nameOf(keyOf(given)).moduleId).toBe(given.moduleId);
    }),
  );
});

test('a topic that one end writes the other reads', () => {
  fc.assert(
    fc.property(name, rid, fc.nat(), (given, requestId, version) => {
      const key = keyOf(given);
      expect(parseRequest(twinGet(requestId), key)).toEqual({ type: 'twinGet', rid: requestId });
      expect(parseRequest(reportedPatch(requestId, version), key)).toEqual({
        type: 'twinPatch',
        rid: requestId,
        version: String(version),
      });
      expect(parseRequest(methodResponse(version, requestId), key)).toEqual({
        type: 'methodResponse',
        status: String(version),
        rid: requestId,
      });
      expect(parseRequest(telemetry(key, 'a=b'), key)).toEqual({ type: 'telemetry', bag: 'a=b' });
      // in a filter the characters + and # of an id are wildcards
      if (/[+#]/.test(key)) return;
      for (const feature of ['desired', 'twinResponses', 'methods', 'c2d'] as const)
        expect(featuresOf(filterOf(feature, key), key)).toEqual([feature]);
    }),
  );
});

test("no identity may publish on another's topic", () => {
  fc.assert(
    fc.property(name, name, (mine, other) => {
      fc.pre(keyOf(mine) !== keyOf(other));
      expect(parseRequest(telemetry(keyOf(other), ''), keyOf(mine))).toBeUndefined();
    }),
  );
});

test('any topic is read without a crash', () => {
  fc.assert(fc.property(fc.string(), (topic) => void parseRequest(topic, 'd1')));
  fc.assert(
    fc.property(fc.string(), (tail) => void parseRequest(`$iothub/twin/PATCH/properties/reported/${tail}`, 'd1')),
  );
});

test('a bag survives being written and read, whatever it contains', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 }).filter(encodes);
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.tuple(
          text.filter((key) => key !== ''),
          text,
        ),
        { selector: ([key]) => key },
      ),
      (pairs) => {
        const { system, application } = parseBag(formatBag(pairs));
        expect(new Map(Object.entries({ ...application, ...system }))).toEqual(new Map(pairs));
      },
    ),
  );
  fc.assert(fc.property(fc.string(), (bag) => void parseBag(bag)));
});

test('a signature is valid for its key alone', () => {
  const key = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  fc.assert(
    fc.property(key, key, fc.webPath(), fc.nat(), (mine, other, resource, expiry) => {
      fc.pre(mine !== other);
      const token = parseSas(signSas({ resource: `hub${resource}`, key: mine, expiry }));
      expect(token).toMatchObject({ resource: `hub${resource}`, expiry });
      if (token === undefined) throw new Error('unreadable');
      expect([verifySas(token, [mine]), verifySas(token, [other, mine]), verifySas(token, [other])]).toEqual([
        true,
        true,
        false,
      ]);
      expect(verifySas({ ...token, signedExpiry: String(expiry + 1) }, [mine])).toBe(false);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void parseSas(`SharedAccessSignature ${text}`)));
});

test('a connection string survives being written and read', () => {
  const value = fc.stringMatching(/^[A-Za-z0-9+/=.:-]{1,30}$/);
  fc.assert(
    fc.property(value, value, value, (HostName, DeviceId, SharedAccessKey) => {
      const parts = { HostName, DeviceId, SharedAccessKey };
      expect(parseConnectionString(formatConnectionString(parts))).toEqual(parts);
    }),
  );
});

/** A lone surrogate has no UTF-8 and so no place in a topic. */
const encodes = (text: string): boolean => {
  try {
    encodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
