import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InputOptions, type OutputOptions } from 'rolldown';

const root = join(import.meta.dirname, '..');

/**
 * How this project's programs are bundled. The Kafka client's compression comes with its WebAssembly inlined, so that a folder is complete; its option
 * checks, which nobody here calls, stay out.
 */
export const bundling = {
  cwd: root,
  platform: 'node',
  resolve: {
    alias: {
      '@platformatic/wasm-utils': fileURLToPath(import.meta.resolve('@platformatic/wasm-utils/bundled')),
      'ajv/dist/2020.js': join(root, 'scripts/no-option-checks.ts'),
    },
  },
  external: [/^pg-native$/, /^@node-rs\//, /^protobufjs/],
  // Certificates rest on decorators, which need what these modules do when they are loaded.
  treeshake: { moduleSideEffects: id => /node_modules\/(reflect-metadata|tsyringe|@peculiar)\//.test(id) },
  checks: { ineffectiveDynamicImport: false },
  logLevel: 'warn',
} satisfies InputOptions;

export const modules = {
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  minify: true,
} satisfies OutputOptions;

/** Changes with every source. */
function buildOf(folder: string): string {
  const build = createHash('sha256');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(each => each.endsWith('.ts'))
    .toSorted())
    build.update(file).update(readFileSync(join(folder, file)));
  return build.digest('hex');
}

/** Bundles kaas into dist/: a file per part that is loaded when needed, and the worker that parses documents. `bin/kaas` prefers it to older sources. */
export async function bundle(): Promise<void> {
  const dir = join(root, 'dist');
  rmSync(dir, { recursive: true, force: true });
  await build({
    ...bundling,
    input: { kaas: 'src/main.ts', 'documents-worker': 'src/targets/documents/worker.ts' },
    transform: { define: { KAAS_BUILD: JSON.stringify(buildOf(join(root, 'src'))) } },
    output: { ...modules, dir },
  });
}

if (import.meta.main) await bundle();
