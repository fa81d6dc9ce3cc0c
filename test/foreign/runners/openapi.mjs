import { Validator } from '@seriousme/openapi-schema-validator';
import { startEmulator } from 'iothub-emulator';

const emulator = await startEmulator();
const document = await (await fetch(`${emulator.adminUrl}/openapi.json`)).json();
const validator = new Validator();
const { valid, errors } = await validator.validate(document);
console.log(validator.version, valid ? 'valid' : JSON.stringify(errors));
await emulator.close();
