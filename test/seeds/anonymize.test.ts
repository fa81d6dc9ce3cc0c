import { expect, test } from 'vitest';
import { anonymized } from '../../emulator/seeds/anonymize.ts';

test('an anonymized seed has asterisks in place of the keys and signatures of endpoints', () => {
  const routing = {
    endpoints: {
      storageContainers: [{ connectionString: 'AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://a' }],
      webhooks: [{ endpointUrl: 'http://localhost/api?code=c2VjcmV0&a=b' }],
    },
  };
  expect(anonymized({ identities: [], configurations: [], routing }, { keys: 'new' }).routing).toEqual({
    endpoints: {
      storageContainers: [{ connectionString: 'AccountName=a;AccountKey=****;BlobEndpoint=http://a' }],
      webhooks: [{ endpointUrl: 'http://localhost/api?code=****&a=b' }],
    },
  });
});
