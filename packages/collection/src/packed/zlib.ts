/**
 * Node's compression, loaded when something packed is read and not before: it takes a megabyte, and who bundles this
 * package to write plain files has it loaded with every import of it.
 */
export function zlib(): typeof import('node:zlib') {
  return process.getBuiltinModule('node:zlib');
}
