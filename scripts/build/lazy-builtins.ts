import { isBuiltin } from 'node:module';
import type { OnResolveArgs, Plugin } from 'esbuild';

/**
 * Gives a bundle Node's own modules without `import`: to make its named exports, `import 'node:http'` runs every getter
 * that the module has, and one of them loads Node's whole fetch. Measured on Node 26, memory after start against none:
 * `import 'node:http'` 6.8 MB anonymous and 15.9 MB in all, `process.getBuiltinModule('node:http')` 0.4 and 1.7 MB;
 * node:process 0.5 and 1.5 MB against nothing; node:util 0.4 and 1.3 MB against nothing.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z0-9_/:]+$/ }, resolveBuiltin);
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({ contents: esModule(path) }));
    // What CommonJS asks for with `require`, which an ES module does not have.
    build.onLoad({ filter: /./, namespace: 'builtin-cjs' }, ({ path }) => ({
      contents: `module.exports = ${get(path)};`,
    }));
  },
};

function resolveBuiltin({ path, kind }: OnResolveArgs) {
  if (!isBuiltin(path)) return undefined;
  const name = path.startsWith('node:') ? path : `node:${path}`;
  const namespace = kind === 'require-call' ? 'builtin-cjs' : 'builtin';
  return { path: name, namespace, sideEffects: false };
}

function get(name: string): string {
  return `process.getBuiltinModule('${name}')`;
}

/** Every export is marked pure, so that esbuild drops those that nobody imports. */
function esModule(name: string): string {
  const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter(
    (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== 'default',
  );
  const lines = names.map((key) => `const ${key}_ = /* @__PURE__ */ pick('${key}');\nexport { ${key}_ as ${key} };`);
  return `const builtin = /* @__PURE__ */ ${get(name)};\nconst pick = (key) => builtin[key];\nexport default builtin;\n${lines.join('\n')}\n`;
}
