import { expect, test } from 'vitest';
import { maskKeys } from './mask.ts';

test('keys and signatures are shortened, everything else stays', () => {
  expect(maskKeys('HostName=localhost;DeviceId=d1;SharedAccessKey=c2VjcmV0c2VjcmV0')).toBe(
    'HostName=localhost;DeviceId=d1;SharedAccessKey=c2Vj…',
  );
  expect(maskKeys('SharedAccessSignature sr=localhost&sig=abcdef%3D&se=1')).toBe(
    'SharedAccessSignature sr=localhost&sig=…&se=1',
  );
});
