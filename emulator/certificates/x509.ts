// imported statically, since import() of a CommonJS package, as which it is bundled, gives only its default export
import 'reflect-metadata'; // tsyringe, a dependency of the library, needs the Reflect API when it is loaded

export * as x509 from '@peculiar/x509';
